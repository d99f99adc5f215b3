#include "plugin_host/settings_check.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <filesystem>

namespace doorward::plugin_host {

namespace {

using settings::Faults;
using settings::PluginEntry;
using settings::PluginValue;

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), row(b.size() + 1), next(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    next[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      next[j] = std::min({row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] == b[j - 1] ? 0u : 1u)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        next[j] = std::min(next[j], before[j - 2] + 1);
    }
    before = std::exchange(row, next);
  }
  return row[b.size()];
}

bool is_whole_number(const std::string& value) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  return error == std::errc() && end == value.data() + value.size();
}

// "none, starttls or tls", or nothing where the value is one of them.
std::string unmet_choices(const char* choices, std::string_view value) {
  std::vector<std::string_view> all;
  std::string_view rest = choices;
  for (std::size_t bar = rest.find('|');; bar = rest.find('|')) {
    all.push_back(rest.substr(0, bar));
    if (all.back() == value) return {};
    if (bar == std::string_view::npos) break;
    rest.remove_prefix(bar + 1);
  }
  std::string text;
  for (std::size_t i = 0; i < all.size(); ++i)
    text += (i == 0 ? "" : i + 1 == all.size() ? " or " : ", ") + std::string(all[i]);
  return text;
}

// Empty: the value can be used.
std::string fault_of(const doorward_setting& setting, const PluginValue& given) {
  const std::string key = setting.key;
  if (setting.type == DOORWARD_SETTING_SECRET) {
    if (!given.is_secret_reference)
      return key + " is a secret and can't stand in the file itself: write {file: /path} or {env: NAME}";
    return given.value.empty() ? key + " is a secret and its source is empty" : std::string();
  }
  const std::string found = given.is_secret_reference ? "what was read" : settings::quoted(given.value);
  if (setting.type == DOORWARD_SETTING_NUMBER && !is_whole_number(given.value))
    return key + " has to be a whole number, not " + found;
  if (setting.type == DOORWARD_SETTING_FLAG && given.value != "true" && given.value != "false")
    return key + " has to be true or false, not " + found;
  if (setting.type == DOORWARD_SETTING_PATH && given.value.empty())
    return key + " has to be a path and is empty";
  if (setting.choices != nullptr) {
    const std::string choices = unmet_choices(setting.choices, given.value);
    if (!choices.empty()) return key + " has to be " + choices + ", not " + found;
  }
  return {};
}

std::string absolute(const std::string& path, const std::string& yaml_file) {
  if (path.empty()) return path;  // a default that says: none
  return (std::filesystem::path(yaml_file).parent_path() / path).lexically_normal().string();
}

void check_unknown(std::span<const doorward_setting> declared, const PluginEntry& entry, Faults& faults) {
  for (const PluginValue& given : entry.values) {
    const auto known = [&](const doorward_setting& setting) { return given.key == setting.key; };
    if (std::any_of(declared.begin(), declared.end(), known)) continue;
    const char* near = nearest_name(given.key, declared);
    const std::string advice = near != nullptr
                                   ? "did you mean " + std::string(near) + "?"
                                   : "`doorward plugin info " + entry.name + "` lists what it knows";
    faults.add(given.place,
               "the plugin " + entry.name + " has no setting " + settings::quoted(given.key) + ": " + advice);
  }
}

}  // namespace

const char* setting_type_name(std::uint32_t type) {
  constexpr const char* names[] = {"text", "secret", "number", "flag", "path"};
  return type <= DOORWARD_SETTING_PATH ? names[type] : "unknown";
}

const char* nearest_name(const std::string& given, std::span<const doorward_setting> candidates) {
  const char* best = nullptr;
  std::size_t best_distance = given.size() / 3 + 1;
  for (const doorward_setting& candidate : candidates) {
    const std::size_t found = distance(given, candidate.key);
    if (found > best_distance || (best != nullptr && found == best_distance)) continue;
    best = candidate.key;
    best_distance = found;
  }
  return best;
}

SettingValues check_settings(std::span<const doorward_setting> declared, const PluginEntry& entry,
                             Faults& faults) {
  check_unknown(declared, entry, faults);
  SettingValues values;
  for (const doorward_setting& setting : declared) {
    const auto is_it = [&](const PluginValue& value) { return value.key == setting.key; };
    const auto given = std::find_if(entry.values.begin(), entry.values.end(), is_it);
    if (given == entry.values.end() && setting.fallback == nullptr) {
      faults.add(entry.place,
                 "the plugin " + entry.name + " needs the setting " + setting.key + ": " + setting.help);
      continue;
    }
    std::string value = given == entry.values.end() ? setting.fallback : given->value;
    if (given != entry.values.end()) {
      const std::string fault = fault_of(setting, *given);
      if (!fault.empty()) faults.add(given->place, fault);
    }
    if (setting.type == DOORWARD_SETTING_PATH)
      value = absolute(value, given == entry.values.end() ? entry.place.file : given->place.file);
    values.emplace_back(setting.key, std::move(value));
  }
  return values;
}

}  // namespace doorward::plugin_host
