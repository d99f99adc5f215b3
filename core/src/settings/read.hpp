// Reading doorward.yaml. Throws BadSettings with every fault at once, each with file, line and column, and for
// an unknown key the nearest known one.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "settings/settings.hpp"

namespace doorward::settings {

Settings read(const std::string& yaml_path);

struct Effective {  // one line of `doorward config show`
  std::string key, value;  // secrets as "********"
  Place place;
};
std::vector<Effective> effective(const Settings& settings);

nlohmann::json schema();  // JSON Schema 2020-12 of doorward.yaml, without what single plugins accept

}  // namespace doorward::settings
