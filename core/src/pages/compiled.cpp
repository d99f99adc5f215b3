#include "pages/compiled.hpp"

#include <charconv>
#include <stdexcept>

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

const char* sigil_of(TagKind kind) {
  if (kind == TagKind::section) return "#";
  if (kind == TagKind::inverted) return "^";
  return kind == TagKind::close ? "/" : "";
}

// Literals that have come to stand side by side, a part's and its includer's, become one.
std::string tags_of(const std::vector<Placed>& pieces, Literals& literals) {
  std::string tags, literal;
  const auto end_literal = [&] {
    if (!literal.empty()) tags += "{{&~" + std::to_string(literals.add(literal)) + "}}";
    literal.clear();
  };
  for (const auto& placed : pieces) {
    if (const auto* text = std::get_if<std::string>(&placed.piece)) {
      literal += *text;
      continue;
    }
    end_literal();
    const auto& tag = std::get<Tag>(placed.piece);
    tags += "{{" + std::string(sigil_of(tag.kind)) + tag.name + "}}";
  }
  end_literal();
  tags.shrink_to_fit();
  return tags;
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
    : escapes_(escapes), tags_(tags_of(pieces, literals)) {}

void Compiled::parse() const {
  kainjow::mustache::mustache mustache(tags_);
  if (!mustache.is_valid()) throw std::logic_error("a template was let through: " + mustache.error_message());
  if (escapes_)
    mustache.set_custom_escape(escape_html);
  else
    mustache.set_custom_escape([](const std::string& text) { return text; });
  mustache_ = std::move(mustache);
  std::string().swap(tags_);
}

std::string Compiled::render(kainjow::mustache::basic_context<std::string>& context) const {
  std::call_once(parsed_, [this] { parse(); });
  Output output;
  return std::move(mustache_->render(context, output).text);
}

}  // namespace doorward::pages
