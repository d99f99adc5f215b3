#include "settings_file.hpp"

#include <yaml-cpp/yaml.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace kit {

namespace {

using doorward::settings::PluginValue;

std::string read_secret(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error(path + " can't be read");
  std::string text{std::istreambuf_iterator<char>(file), {}};
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

void add(const std::string& yaml_path, const std::string& prefix, const YAML::Node& map,
         std::vector<PluginValue>& values) {
  for (const auto& item : map) {
    const auto key = item.first.as<std::string>();
    const YAML::Node& value = item.second;
    const std::string name = prefix + key;
    const doorward::settings::Place place{yaml_path, item.first.Mark().line + 1,
                                          item.first.Mark().column + 1};
    if (value.IsScalar()) {
      values.push_back({name, value.as<std::string>(), false, place});
    } else if (value.IsMap() && value.size() == 1 && value["file"]) {
      values.push_back({name, read_secret(value["file"].as<std::string>()), true, place});
    } else if (value.IsMap() && value.size() == 1 && value["env"]) {
      const char* secret = std::getenv(value["env"].as<std::string>().c_str());
      values.push_back({name, secret == nullptr ? "" : secret, true, place});
    } else if (value.IsMap()) {
      add(yaml_path, name + ".", value, values);
    } else {
      throw std::runtime_error(yaml_path + ": " + name + " is neither a value nor a map");
    }
  }
}

}  // namespace

std::vector<PluginValue> read_settings(const std::string& yaml_path) {
  const YAML::Node root = YAML::LoadFile(yaml_path);
  std::vector<PluginValue> values;
  if (root.IsNull()) return values;
  if (!root.IsMap()) throw std::runtime_error(yaml_path + ": wanted a map of the plugin's settings");
  add(yaml_path, "", root, values);
  return values;
}

}  // namespace kit
