#include "base/time_zone.hpp"

#include <algorithm>
#include <fstream>

#include "base/text.hpp"

namespace doorward {
namespace {

constexpr const char* table = "/usr/share/zoneinfo/zone.tab";  // country, place, name, remarks; between tabs

std::vector<std::string> read_table() {
  std::vector<std::string> names{"UTC"};
  std::ifstream file(table);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    const std::size_t second = line.find('\t', line.find('\t') + 1);
    if (second == std::string::npos) continue;
    names.push_back(line.substr(second + 1, line.find('\t', second + 1) - second - 1));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::string comparable(std::string_view name) {
  std::string key = ascii_lower(name);
  std::replace(key.begin(), key.end(), ' ', '_');
  return key;
}

}  // namespace

const std::vector<std::string>& all_time_zones() {
  static const std::vector<std::string> names = read_table();
  return names;
}

bool is_time_zone(std::string_view name) {
  const auto& names = all_time_zones();
  return std::binary_search(names.begin(), names.end(), name, std::less<>());
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
