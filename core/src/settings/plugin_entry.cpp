#include "settings/plugin_entry.hpp"

#include <cstdlib>
#include <filesystem>

#include "base/text.hpp"

namespace doorward::settings {

namespace {

constexpr std::size_t most_secret_bytes = 64 * 1024;

bool is_name(const std::string& text) {
  const bool all = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
  return all && !text.empty() && text[0] >= 'a' && text[0] <= 'z';
}

bool is_reference(const Node& node) {
  return node.entries.size() == 1 && (node.entries[0].key == "file" || node.entries[0].key == "env");
}

// The secret's value; none, and a fault, when it can't be had.
std::optional<std::string> secret_of_file(const Node& name, Faults& faults) {
  const auto path = (std::filesystem::path(name.place.file).parent_path() / name.text).lexically_normal();
  auto bytes = read_file(path.string(), most_secret_bytes, name.place, faults);
  if (!bytes) return std::nullopt;
  if (bytes->ends_with('\n')) bytes->pop_back();  // editors and `echo` end a file with a line break
  if (bytes->ends_with('\r')) bytes->pop_back();
  if (bytes->empty()) {
    faults.add(name.place, settings::quoted(path.string()) + " is empty");
    return std::nullopt;
  }
  return bytes;
}

std::optional<std::string> secret_of_environment(const Node& name, Faults& faults) {
  const char* value = std::getenv(name.text.c_str());
  if (value != nullptr && *value != '\0') return value;
  faults.add(name.place, "the environment variable " + settings::quoted(name.text) +
                             " is not set (nginx hands on only those that its own `env` lines name)");
  return std::nullopt;
}

class Flattener {
 public:
  Flattener(PluginEntry& entry, Faults& faults) : entry_(entry), faults_(faults) {}

  void add(const std::string& key, const Node& node) {
    switch (node.kind) {
      case Node::Kind::faulty: return;
      case Node::Kind::nothing:
        faults_.add(node.place, settings::quoted(key) + " has no value: leave the line out for the default");
        return;
      case Node::Kind::list:
        faults_.add(node.place, settings::quoted(key) + " takes one value, not a list");
        return;
      case Node::Kind::text: add_text(key, node); return;
      case Node::Kind::map: is_reference(node) ? add_reference(key, node) : add_map(key + ".", node); return;
    }
  }

  void add_map(const std::string& prefix, const Node& map) {
    for (const Entry& entry : map.entries) {
      if (prefix.empty() && entry.key == "plugin") continue;
      if (is_name(entry.key)) {
        add(prefix + entry.key, entry.value);
      } else {
        faults_.add(entry.place, "unknown key " + settings::quoted(entry.key) +
                                     ": keys are of a-z, 0-9 and _, and what belongs together is nested");
      }
    }
  }

 private:
  void add_text(const std::string& key, const Node& node) {
    if (has_control(node.text)) {
      faults_.add(node.place, settings::quoted(key) + " holds control characters");
      return;
    }
    entry_.values.push_back({key, node.text, false, node.place});
  }

  void add_reference(const std::string& key, const Node& node) {
    const Entry& entry = node.entries[0];
    if (entry.value.kind == Node::Kind::faulty) return;
    if (entry.value.kind != Node::Kind::text || entry.value.text.empty()) {
      faults_.add(entry.value.place, settings::quoted(key) + ": " + entry.key + " takes a name");
      return;
    }
    auto secret = entry.key == "file" ? secret_of_file(entry.value, faults_)
                                      : secret_of_environment(entry.value, faults_);
    if (!secret) return;
    if (secret->find('\0') != std::string::npos || !is_utf8(*secret)) {
      faults_.add(entry.value.place, settings::quoted(key) + ": what the reference leads to is not text");
      return;
    }
    entry_.values.push_back({key, std::move(*secret), true, node.place});
  }

  PluginEntry& entry_;
  Faults& faults_;
};

}  // namespace

PluginEntry read_plugin_entry(const std::string& key, const Node& node, Faults& faults) {
  PluginEntry entry;
  entry.place = node.place;
  if (node.kind == Node::Kind::faulty) return entry;
  const Entry* plugin = node.kind == Node::Kind::map ? node.find("plugin") : nullptr;
  if (plugin == nullptr) {
    faults.add(node.place, settings::quoted(key) + " must name its plugin: `" + key + ": {plugin: NAME}`");
    return entry;
  }
  if (plugin->value.kind == Node::Kind::text && is_name(plugin->value.text)) {
    entry.name = plugin->value.text;
    entry.place = plugin->value.place;
  } else if (plugin->value.kind != Node::Kind::faulty) {
    faults.add(plugin->value.place, settings::quoted(key + ".plugin") +
                                        " must be a plugin's name, of a-z, 0-9 and _, and not a path");
  }
  Flattener(entry, faults).add_map("", node);
  return entry;
}

}  // namespace doorward::settings
