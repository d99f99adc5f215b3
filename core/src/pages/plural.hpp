// Which of a message's forms belongs to a number, as a catalogue's Plural-Forms header says it in the syntax of C
// (GNU gettext manual, 11.2.6 "Additional functions for plural forms").
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace doorward::pages {

class PluralRule {
 public:
  PluralRule() = default;  // one form, two: n != 1
  // None where the header can't be read, or yields a form that isn't there for some n up to 1,000.
  static std::optional<PluralRule> parse(std::string_view header);

  std::size_t forms() const { return forms_; }
  std::size_t form(std::uint64_t n) const;  // below forms()

 private:
  std::size_t forms_ = 2;
  std::string expression_ = "n!=1";
};

}  // namespace doorward::pages
