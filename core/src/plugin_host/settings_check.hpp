// What doorward.yaml gives a plugin, against what the plugin declares: unknown and missing keys, types, choices and
// secrets written out. Every fault is told at once, with its place and for an unknown key the nearest known one.
#pragma once
#include <doorward/plugin.h>

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "settings/faults.hpp"
#include "settings/settings.hpp"

namespace doorward::plugin_host {

using SettingValues =
    std::vector<std::pair<std::string, std::string>>;  // every declared key, in declared order

// The values as create() gets them: defaults filled in, paths absolute. Complete only where no fault was added.
SettingValues check_settings(std::span<const doorward_setting> declared, const settings::PluginEntry& entry,
                             settings::Faults& faults);

// The candidate that `given` was probably meant to be; null: none is near. Counts insertions, deletions,
// replacements and swaps of neighbours, and allows one of them for each three characters.
const char* nearest_name(const std::string& given, std::span<const doorward_setting> candidates);

const char* setting_type_name(std::uint32_t type);  // "text", "secret", "number", "flag", "path"

}  // namespace doorward::plugin_host
