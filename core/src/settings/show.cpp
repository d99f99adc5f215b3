#include <algorithm>

#include "settings/keys.hpp"
#include "settings/read.hpp"

namespace doorward::settings {

namespace {

// A text as YAML would have it: quoted where it would otherwise be read as something else.
std::string in_yaml(const std::string& text) {
  const bool plain = !text.empty() && text.find_first_of(" \"'#,[]{}&*!|>%@`\\") == std::string::npos &&
                     text.find(": ") == std::string::npos && !text.starts_with('-') &&
                     !text.starts_with('?') && !text.ends_with(':') && text != "null" && text != "~";
  if (plain) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

struct Show {
  Settings& settings;

  std::string operator()(std::string& (*member)(Settings&)) const { return in_yaml(member(settings)); }
  std::string operator()(bool& (*member)(Settings&)) const { return member(settings) ? "true" : "false"; }
  std::string operator()(std::uint32_t& (*member)(Settings&)) const {
    return std::to_string(member(settings));
  }
  std::string operator()(std::uint64_t& (*member)(Settings&)) const { return format_size(member(settings)); }
  std::string operator()(std::chrono::seconds& (*member)(Settings&)) const {
    return format_duration(member(settings));
  }
  std::string operator()(std::chrono::milliseconds& (*member)(Settings&)) const {
    return format_duration(member(settings));
  }
  std::string operator()(std::vector<std::string>& (*member)(Settings&)) const {
    std::string items;
    for (const std::string& item : member(settings)) items += (items.empty() ? "" : ", ") + in_yaml(item);
    return "[" + items + "]";
  }
  std::string operator()(Names& (*member)(Settings&)) const {
    std::string entries;
    for (const auto& [key, name] : member(settings))
      entries += (entries.empty() ? "" : ", ") + key + ": " + in_yaml(name);
    return "{" + entries + "}";
  }
  std::string operator()(PluginEntry& (*member)(Settings&)) const { return in_yaml(member(settings).name); }
};

}  // namespace

std::vector<Effective> effective(const Settings& settings) {
  Settings copy = settings;  // the table's members are reached through a changeable one
  std::vector<Effective> lines;
  for (const Key& key : keys()) {
    const auto place = settings.places.find(key.name);
    Effective line{key.name, std::visit(Show{copy}, key.member),
                   place == settings.places.end() ? Place{} : place->second};
    const auto* plugin = std::get_if<PluginEntry& (*)(Settings&)>(&key.member);
    if (plugin == nullptr) {
      lines.push_back(std::move(line));
      continue;
    }
    const PluginEntry& entry = (*plugin)(copy);
    lines.push_back({line.key + ".plugin", line.value, entry.place});
    for (const PluginValue& value : entry.values)
      lines.push_back({line.key + "." + value.key,
                       value.is_secret_reference ? "********" : in_yaml(value.value), value.place});
  }
  return lines;
}

}  // namespace doorward::settings
