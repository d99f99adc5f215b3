#include "pages/markup.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace doorward::pages {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

constexpr auto address_attributes = std::to_array<std::string_view>(
    {"action", "background", "cite", "data", "formaction", "href", "poster", "src", "srcset", "xlink:href"});

}  // namespace

std::string_view Markup::feed(char c) {
  switch (state_) {
    case State::text:
      if (c == '<') state_ = State::open;
      return {};
    case State::open:
      if (!is_letter(c) && c != '/' && c != '!') {
        state_ = State::text;
        return {};
      }
      element_ = lower(c);
      state_ = State::element;
      return {};
    case State::element: return feed_element(c);
    case State::between:
    case State::attribute: return feed_attribute(c);
    case State::equals: return start_value(c);
    case State::quoted:
      if (c == quote_)
        state_ = State::between;
      else if (sections_ == 0)
        value_started_ = true;
      return {};
    case State::comment:
      recent_.push_back(c);
      if (recent_.ends_with("-->")) state_ = State::text;
      return {};
    case State::raw: return feed_raw(c);
  }
  return {};
}

std::string_view Markup::feed_raw(char c) {
  recent_.push_back(lower(c));
  const std::string end = "</" + element_;
  if (recent_.ends_with(end)) {
    element_ = "/" + element_;
    state_ = State::element;
    return {};
  }
  if (element_ != "script" || end.starts_with(recent_)) return {};
  recent_.clear();
  return "a script is a file of the theme's assets: nothing stands between <script> and </script>";
}

std::string_view Markup::feed_element(char c) {
  if (c == '>') return finish_element();
  if (is_space(c) || (c == '/' && element_ != "/")) {
    state_ = State::between;
    return {};
  }
  element_.push_back(lower(c));
  if (element_ == "!--") {
    recent_.clear();
    state_ = State::comment;
  }
  return {};
}

std::string_view Markup::feed_attribute(char c) {
  if (c == '>') return finish_element();
  if (is_space(c) || c == '/') {
    state_ = State::between;
    return {};
  }
  if (c == '"' || c == '\'' || c == '<') return "this isn't expected among the attributes of an element";
  if (c == '=') {
    if (state_ == State::between) return "an attribute is written name=\"value\", without spaces";
    state_ = State::equals;
    return {};
  }
  if (state_ == State::between) attribute_.clear();
  attribute_.push_back(lower(c));
  state_ = State::attribute;
  return {};
}

std::string_view Markup::start_value(char c) {
  if (c != '"' && c != '\'') {
    state_ = State::attribute;
    return "an attribute's value needs quotation marks";
  }
  quote_ = c;
  value_started_ = false;
  sections_ = 0;
  state_ = State::quoted;
  if (attribute_.starts_with("on")) return "an event handler: scripts are files of the theme's assets";
  if (attribute_ == "src") has_src_ = true;
  if (attribute_ == "srcdoc") return "srcdoc can't be used";
  if (attribute_ == "style" && !inline_style_)
    return "pages have no inline style: use a class and the style sheet";
  return {};
}

std::string_view Markup::finish_element() {
  state_ = State::text;
  const bool has_src = std::exchange(has_src_, false);
  if (element_ != "script" && element_ != "style") return {};
  state_ = State::raw;
  recent_.clear();
  if (element_ == "script") {
    if (inline_style_) return "letters run no script";
    return has_src ? "" : "a script needs its src: a file of the theme's assets";
  }
  return inline_style_ ? "" : "pages have no inline style: use the style sheet";
}

std::string_view Markup::tag(TagKind kind) {
  const bool is_value = kind == TagKind::variable || kind == TagKind::partial;
  switch (state_) {
    case State::text: return {};
    case State::open:
    case State::element: return "a tag can't stand in the name of an element";
    case State::attribute:
      if (kind == TagKind::variable) return "a variable can't stand in the name of an attribute";
      state_ = State::between;
      [[fallthrough]];
    case State::between:
      return is_value ? "a variable can't stand among attributes, only in a quoted value" : "";
    case State::equals: state_ = State::attribute; return "an attribute's value needs quotation marks";
    case State::quoted:
      if (kind == TagKind::section || kind == TagKind::inverted) ++sections_;
      if (kind == TagKind::close) --sections_;
      if (kind == TagKind::partial) return "a part can't be included in an attribute";
      if (is_value && attribute_ == "style") return "a variable can't stand in a style";
      return {};
    case State::comment:
      return is_value ? "a variable can't stand in an HTML comment; comments are {{! like this }}" : "";
    case State::raw: return "a tag can't stand in a script or style";
  }
  return {};
}

std::string_view Markup::end() const {
  if (state_ == State::text) return {};
  if (state_ == State::comment) return "ends within a comment";
  return state_ == State::raw ? "ends within a script or style" : "ends within an element";
}

bool Markup::begins_address() const {
  return state_ == State::quoted && !value_started_ &&
         std::find(address_attributes.begin(), address_attributes.end(), attribute_) !=
             address_attributes.end();
}

int Markup::place() const {
  const State state = state_ == State::attribute ? State::between : state_;
  return static_cast<int>(state) * 2 + (state == State::quoted && quote_ == '\'' ? 1 : 0);
}

}  // namespace doorward::pages
