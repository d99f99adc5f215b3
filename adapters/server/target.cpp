#include "server/target.hpp"

#include <vector>

namespace doorward::server {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// One part between slashes; none where somebody could take it for more than one, or for something else.
std::optional<std::string> decoded(std::string_view part) {
  std::string text;
  for (std::size_t i = 0; i < part.size(); ++i) {
    char c = part[i];
    if (c == '%') {
      if (i + 2 >= part.size()) return std::nullopt;
      const int high = hex_digit(part[i + 1]), low = hex_digit(part[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f || c == '/' || c == '\\') return std::nullopt;
    text += c;
  }
  return text;
}

struct Part {
  std::string_view raw;
  std::string text;
};

}  // namespace

std::optional<Target> parse_target(std::string_view raw) {
  if (raw.empty() || raw.front() != '/' || raw.size() > 16 * 1024) return std::nullopt;
  for (const char c : raw)
    if (c <= ' ' || c >= 0x7f || c == '#') return std::nullopt;

  Target target;
  target.raw = raw;
  const std::size_t question = raw.find('?');
  target.has_query = question != std::string_view::npos;
  if (target.has_query) target.query = raw.substr(question + 1);

  std::vector<Part> parts;
  std::string_view rest = raw.substr(1, question == std::string_view::npos ? question : question - 1);
  bool folder = true;  // the path ends in a slash
  for (bool more = true; more;) {
    const std::size_t slash = rest.find('/');
    more = slash != std::string_view::npos;
    const std::string_view part = rest.substr(0, slash);
    rest.remove_prefix(more ? slash + 1 : rest.size());
    auto text = decoded(part);
    if (!text) return std::nullopt;
    const std::string stem = text->substr(0, text->find(';'));
    if (stem != *text && (stem == "." || stem == ".." || stem.empty())) return std::nullopt;
    folder = more || stem.empty() || stem == "." || stem == "..";
    if (stem == "..") {
      if (parts.empty()) return std::nullopt;
      parts.pop_back();
    } else if (!stem.empty() && stem != ".") {
      parts.push_back({part, std::move(*text)});
    }
  }
  for (const Part& part : parts) {
    target.path += "/" + part.text;
    target.place += "/" + part.text.substr(0, part.text.find(';'));
    target.encoded += "/" + std::string(part.raw);
  }
  if (folder)
    for (std::string* text : {&target.path, &target.place, &target.encoded}) *text += '/';
  return target;
}

std::optional<std::string> parse_place(std::string_view text) {
  auto target = parse_target(text);
  if (!target || target->place != text) return std::nullopt;
  while (target->place.ends_with('/')) target->place.pop_back();
  return std::move(target->place);
}

bool holds(std::string_view place, std::string_view path) noexcept {
  return path.starts_with(place) && (path.size() == place.size() || path[place.size()] == '/');
}

}  // namespace doorward::server
