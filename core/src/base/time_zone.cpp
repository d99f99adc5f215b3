#include "base/time_zone.hpp"

#include <fstream>
#include <map>
#include <sstream>

#include "base/fold.hpp"

namespace doorward {
namespace {

constexpr const char* table = "/usr/share/zoneinfo/zone.tab";  // country, place, name, remarks; between tabs
constexpr const char* rules =
    "/usr/share/zoneinfo/tzdata.zi";  // zic's own form; "L Europe/Kyiv Europe/Kiev" is a link
constexpr std::size_t longest_typed = 200;

using Names = std::map<std::string, std::string, std::less<>>;

// By name, each with its country.
Names read_table() {
  Names zones{{"UTC", ""}};
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

const Names& zones() {
  static const auto all = read_table();
  return all;
}

// Other names, as browsers and older data have them, each with the zone it stands for. A link whose name has a country of
// its own is none: Europe/Oslo is a zone here, whatever it is linked to.
Names read_links() {
  Names targets{{"Etc/UTC", "UTC"}, {"Etc/GMT", "UTC"}};
  std::ifstream file(rules);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string kind, target, name;
    if (words >> kind >> target >> name && kind == "L") targets.emplace(name, target);
  }
  Names links;
  for (const auto& [name, target] : targets) {
    std::string zone = target;
    for (int steps = 0; !is_time_zone(zone) && steps < 4; ++steps) {
      const auto further = targets.find(zone);
      if (further == targets.end()) break;
      zone = further->second;
    }
    if (!is_time_zone(name) && is_time_zone(zone)) links.emplace(name, zone);
  }
  return links;
}

// What may be typed, folded: a zone's name or its city; then other names, and last their cities, except those that mean
// several zones, as "Eastern" of US/Eastern and Canada/Eastern does.
Names names_to_type() {
  const auto city = [](const std::string& name) { return folded(name.substr(name.rfind('/') + 1)); };
  const Names links = read_links();
  Names typed, cities;
  for (const auto& [name, country] : zones()) typed.emplace(folded(name), name);
  for (const auto& [name, country] : zones()) typed.emplace(city(name), name);
  for (const auto& [name, zone] : links) typed.emplace(folded(name), zone);
  for (const auto& [name, zone] : links) {
    const auto [known, is_new] = cities.emplace(city(name), zone);
    if (!is_new && known->second != zone) known->second.clear();
  }
  for (const auto& [name, zone] : cities)
    if (!zone.empty()) typed.emplace(name, zone);
  return typed;
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
  static const Names names = names_to_type();
  if (typed.size() > longest_typed) return std::nullopt;
  const auto found = names.find(folded(typed));
  return found == names.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace doorward
