#include "pages/compiled.hpp"

#include <charconv>

namespace doorward::pages {
namespace {

std::string escape_html(const std::string& text) {
  std::string result;
  result.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    switch (c) {
      case '&': result += "&amp;"; break;
      case '<': result += "&lt;"; break;
      case '>': result += "&gt;"; break;
      case '"': result += "&quot;"; break;
      case '\'': result += "&#39;"; break;
      default: result.push_back(c);
    }
  }
  return result;
}

std::string tags_of(const std::vector<Placed>& pieces, Literals& literals) {
  std::string text;
  for (const auto& placed : pieces) {
    if (const auto* literal = std::get_if<std::string>(&placed.piece)) {
      text += "{{&~" + std::to_string(literals.add(*literal)) + "}}";
      continue;
    }
    const auto& tag = std::get<Tag>(placed.piece);
    const char* sigil = tag.kind == TagKind::section ? "#" : tag.kind == TagKind::inverted ? "^" : tag.kind == TagKind::close ? "/" : "";
    text += "{{" + std::string(sigil) + tag.name + "}}";
  }
  return text;
}

struct Output {
  std::string text;
  Output& operator<<(const std::string& more) {
    text += more;
    return *this;
  }
};

}  // namespace

std::size_t Literals::add(const std::string& text) {
  const auto [place, is_new] = numbers_.try_emplace(text, texts_.size());
  if (is_new) texts_.emplace_back(text);
  return place->second;
}

const Data* Literals::get(std::string_view number) const {
  std::size_t index = texts_.size();
  std::from_chars(number.data(), number.data() + number.size(), index);
  return index < texts_.size() ? &texts_[index] : nullptr;
}

Compiled::Compiled(const std::vector<Placed>& pieces, bool escapes, Literals& literals)
    : mustache_(tags_of(pieces, literals)) {
  if (escapes) mustache_.set_custom_escape(escape_html);
  else mustache_.set_custom_escape([](const std::string& text) { return text; });
}

std::string Compiled::render(kainjow::mustache::basic_context<std::string>& context) const {
  Output output;
  return std::move(mustache_.render(context, output).text);
}

}  // namespace doorward::pages
