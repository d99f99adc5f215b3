#include "settings/assign.hpp"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "base/text.hpp"
#include "settings/plugin_entry.hpp"

namespace doorward::settings {

namespace {

constexpr std::size_t most_text_bytes = 4096;
constexpr std::size_t most_items = 1000;
constexpr std::size_t most_names = 40;  // each is a box of a form, which has at most 50 fields

// It is a word in a header, between commas, and part of a field's name.
bool is_key_of_name(std::string_view key) {
  constexpr std::string_view first = "abcdefghijklmnopqrstuvwxyz",
                             all = "abcdefghijklmnopqrstuvwxyz0123456789_";
  return !key.empty() && key.size() <= 32 && first.find(key[0]) != std::string_view::npos &&
         key.find_first_not_of(all) == std::string_view::npos && key != "all" && key != "none";
}

struct TypeName {
  std::string operator()(std::string& (*)(Settings&)) const { return "text"; }
  std::string operator()(bool& (*)(Settings&)) const { return "true or false"; }
  std::string operator()(std::uint32_t& (*)(Settings&)) const { return "a whole number"; }
  std::string operator()(std::uint64_t& (*)(Settings&)) const { return "a size such as 512 KiB or 19 MiB"; }
  std::string operator()(std::chrono::seconds& (*)(Settings&)) const {
    return "a duration such as 30m, 24h or 14d";
  }
  std::string operator()(std::chrono::milliseconds& (*)(Settings&)) const {
    return "a duration such as 500ms or 2s";
  }
  std::string operator()(std::vector<std::string>& (*)(Settings&)) const { return "a list of text"; }
  std::string operator()(Names& (*)(Settings&)) const { return "a map of names: {blog: Our blog}"; }
  std::string operator()(PluginEntry& (*)(Settings&)) const { return "a plugin"; }
};

class Assigner {
 public:
  Assigner(Settings& settings, const Key& key, const Node& value, Faults& faults)
      : settings_(settings), key_(key), value_(value), faults_(faults) {}

  void operator()(std::string& (*member)(Settings&)) const {
    if (auto text = checked(value_)) member(settings_) = std::move(*text);
  }

  void operator()(bool& (*member)(Settings&)) const {
    if (!is_text()) return;
    if (value_.text == "true" || value_.text == "false") {
      member(settings_) = value_.text == "true";
    } else {
      refuse(value_, "must be true or false" +
                         (is_like_a_flag() ? ": " + settings::quoted(value_.text) + " is taken as text here"
                                           : std::string()));
    }
  }

  void operator()(std::uint32_t& (*member)(Settings&)) const { measure(member(settings_), parse_count); }
  void operator()(std::uint64_t& (*member)(Settings&)) const { measure(member(settings_), parse_size); }
  void operator()(std::chrono::milliseconds& (*member)(Settings&)) const {
    measure(member(settings_), parse_duration);
  }

  void operator()(std::chrono::seconds& (*member)(Settings&)) const {
    std::chrono::milliseconds duration{-1};
    measure(duration, parse_duration);
    if (duration.count() < 0) return;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration);
    if (seconds != duration) return refuse(value_, "must be whole seconds");
    member(settings_) = seconds;
  }

  void operator()(std::vector<std::string>& (*member)(Settings&)) const {
    if (value_.kind == Node::Kind::text) return refuse(value_, "takes a list: [" + value_.text + "]");
    if (value_.kind != Node::Kind::list) return refuse_kind(value_);
    if (value_.items.size() > most_items)
      return refuse(value_, "has more than " + std::to_string(most_items) + " items");
    std::vector<std::string> items;
    for (const Node& item : value_.items) {
      auto text = checked(item);
      if (!text) continue;
      if (std::find(items.begin(), items.end(), *text) != items.end())
        refuse(item, "holds " + settings::quoted(*text) + " twice");
      items.push_back(std::move(*text));
    }
    member(settings_) = std::move(items);
  }

  void operator()(Names& (*member)(Settings&)) const {
    if (value_.kind != Node::Kind::map) return refuse_kind(value_);
    if (value_.entries.size() > most_names)
      return refuse(value_, "has more than " + std::to_string(most_names) + " entries");
    Names names;
    for (const Entry& entry : value_.entries) {
      if (!is_key_of_name(entry.key)) {
        faults_.add(entry.place,
                    settings::quoted(key_.name) + ": " + settings::quoted(entry.key) +
                        " must be up to 32 of a-z, 0-9 and _, a letter first, and neither all nor none");
      } else if (auto text = checked(entry.value)) {
        names.emplace_back(entry.key, std::move(*text));
      }
    }
    member(settings_) = std::move(names);
  }

  void operator()(PluginEntry& (*member)(Settings&)) const {
    member(settings_) = read_plugin_entry(key_.name, value_, faults_);
  }

 private:
  void refuse(const Node& at, const std::string& sentence) const {
    faults_.add(at.place, settings::quoted(key_.name) + " " + sentence);
  }

  void refuse_kind(const Node& at) const {
    if (at.kind == Node::Kind::faulty) return;
    if (at.kind == Node::Kind::nothing)
      return refuse(
          at,
          "has no value: leave the line out for the default, or write \"\" for empty text and [] for an "
          "empty list");
    const char* kind = at.kind == Node::Kind::map ? "a map" : at.kind == Node::Kind::list ? "a list" : "text";
    refuse(at, "takes " + type_name(key_) + ", not " + kind);
  }

  bool is_text() const {
    if (value_.kind != Node::Kind::text) refuse_kind(value_);
    return value_.kind == Node::Kind::text;
  }

  bool is_like_a_flag() const {
    const std::string word = ascii_lower(value_.text);
    return word == "yes" || word == "no" || word == "on" || word == "off" || word == "y" || word == "n" ||
           word == "true" || word == "false";
  }

  // A text, or an item of a list, as its check wants it.
  std::optional<std::string> checked(const Node& node) const {
    if (node.kind != Node::Kind::text) {
      refuse_kind(node);
      return std::nullopt;
    }
    std::string text = node.text;
    std::string why;
    if (text.size() > most_text_bytes) {
      why = "has more than " + std::to_string(most_text_bytes) + " bytes";
    } else if (has_control(text)) {
      why = "holds control characters";
    } else if (key_.check != nullptr) {
      why = key_.check(text);
      if (!why.empty()) why = settings::quoted(node.text) + " " + why;
      if (!why.empty())
        return faults_.add(node.place, settings::quoted(key_.name) + ": " + why), std::nullopt;
    }
    if (!why.empty()) return refuse(node, why), std::nullopt;
    if (key_.folder && !text.empty()) text = absolute(node.place.file, text);
    return text;
  }

  static std::string absolute(const std::string& beside, const std::string& path) {
    auto folder = (std::filesystem::path(beside).parent_path() / path).lexically_normal().string();
    if (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
    return folder;
  }

  template <class Number, class Parse>
  void measure(Number& member, Parse parse) const {
    if (!is_text()) return;
    const auto number = parse(value_.text);
    if (!number)
      return refuse(value_, "must be " + type_name(key_) + ", not " + settings::quoted(value_.text));
    if ((key_.least != nullptr && *number < *parse(key_.least)) ||
        (key_.most != nullptr && *number > *parse(key_.most)))
      return refuse(value_,
                    std::string("must be from ") + key_.least + " to " + key_.most + ", not " + value_.text);
    member = *number;
  }

  Settings& settings_;
  const Key& key_;
  const Node& value_;
  Faults& faults_;
};

Node as_node(const Key& key) {
  Node node;
  node.kind = Node::Kind::text;
  node.text = key.fallback;
  if (std::holds_alternative<Names& (*)(Settings&)>(key.member)) {
    node.kind = Node::Kind::map;
    return node;
  }
  if (!std::holds_alternative<std::vector<std::string>& (*)(Settings&)>(key.member)) return node;
  Node list;
  list.kind = Node::Kind::list;
  for (std::string rest = key.fallback; !rest.empty();) {
    const std::size_t comma = rest.find(", ");
    node.text = rest.substr(0, comma);
    list.items.push_back(node);
    rest = comma == std::string::npos ? "" : rest.substr(comma + 2);
  }
  return list;
}

}  // namespace

std::string type_name(const Key& key) { return std::visit(TypeName(), key.member); }

void assign(Settings& settings, const Key& key, const Node& value, Faults& faults) {
  std::visit(Assigner(settings, key, value, faults), key.member);
}

void assign_default(Settings& settings, const Key& key) {
  const Node value = as_node(key);
  Faults faults;
  if (!(key.check != nullptr && value.kind == Node::Kind::text && value.text.empty()))
    assign(settings, key, value, faults);
  if (!faults.empty())
    throw std::logic_error(std::string("the default of ") + key.name + ": " + faults.text());
}

}  // namespace doorward::settings
