#include "base/time_zone.hpp"

#include <algorithm>
#include <fstream>
#include <map>

#include "base/text.hpp"

namespace doorward {
namespace {

constexpr const char* table = "/usr/share/zoneinfo/zone.tab";  // country, place, name, remarks; between tabs

// By name, each with its country.
std::map<std::string, std::string, std::less<>> read_table() {
  std::map<std::string, std::string, std::less<>> zones{{"UTC", ""}};
  std::ifstream file(table);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    const std::size_t first = line.find('\t');
    const std::size_t second = line.find('\t', first + 1);
    if (second == std::string::npos) continue;
    zones.emplace(line.substr(second + 1, line.find('\t', second + 1) - second - 1), line.substr(0, first));
  }
  return zones;
}

const std::map<std::string, std::string, std::less<>>& zones() {
  static const auto all = read_table();
  return all;
}

std::string comparable(std::string_view name) {
  std::string key = ascii_lower(name);
  std::replace(key.begin(), key.end(), ' ', '_');
  return key;
}

}  // namespace

const std::vector<std::string>& all_time_zones() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const auto& [name, country] : zones()) all.push_back(name);
    return all;
  }();
  return names;
}

bool is_time_zone(std::string_view name) { return zones().find(name) != zones().end(); }

std::string country_of_time_zone(std::string_view name) {
  const auto found = zones().find(name);
  return found == zones().end() ? std::string() : found->second;
}

std::optional<std::string> find_time_zone(std::string_view typed) {
  const std::string wanted = comparable(trim(typed));
  for (const std::string& name : all_time_zones()) {
    const std::string key = comparable(name);
    if (key == wanted || std::string_view(key).substr(key.rfind('/') + 1) == wanted) return name;
  }
  return std::nullopt;
}

}  // namespace doorward
