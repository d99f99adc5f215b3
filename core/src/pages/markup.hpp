// Follows HTML closely enough to know what a Mustache tag stands in: text, an element's tag, a quoted attribute value.
// Each step returns a sentence about what must not be there; empty: fine.
#pragma once
#include <string>
#include <string_view>

#include "pages/template.hpp"

namespace doorward::pages {

class Markup {
 public:
  explicit Markup(bool inline_style) : inline_style_(inline_style) {}

  std::string_view feed(char c);
  std::string_view tag(TagKind kind);
  std::string_view end() const;
  bool begins_address() const;  // a variable here would decide the scheme of an address
  int place() const;            // the same number: a section that begins here may end there

 private:
  enum class State { text, open, element, between, attribute, equals, quoted, comment, raw };
  std::string_view feed_raw(char c);
  std::string_view feed_element(char c);
  std::string_view feed_attribute(char c);
  std::string_view start_value(char c);
  std::string_view finish_element();

  State state_ = State::text;
  std::string element_, attribute_;
  std::string recent_;  // the last bytes of a comment or of raw text
  char quote_ = '"';
  bool has_src_ = false;
  bool value_started_ = false;  // by text that no section can leave out
  int sections_ = 0;            // opened within the value
  bool inline_style_;
};

}  // namespace doorward::pages
