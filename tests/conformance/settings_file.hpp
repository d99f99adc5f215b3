// The kit's settings: a YAML file with the plugin's own keys at its top. Nested keys get dotted names, {file: ...} and
// {env: ...} are read as secrets, as in doorward.yaml.
#pragma once
#include <string>
#include <vector>

#include "settings/settings.hpp"

namespace kit {

std::vector<doorward::settings::PluginValue> read_settings(
    const std::string& yaml_path);  // throws std::runtime_error

}  // namespace kit
