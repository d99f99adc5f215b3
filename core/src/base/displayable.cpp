#include "base/displayable.hpp"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "base/text.hpp"

namespace doorward {
namespace {

constexpr char32_t non_joiner = 0x200c, joiner = 0x200d, black_flag = 0x1f3f4, cancel_tag = 0xe007f;
constexpr std::size_t most_marks = 6;  // on one letter; Vietnamese, Hebrew and Tibetan have up to four

// Scripts whose letters change by their neighbours, so that their writers need joiners.
constexpr auto joining_scripts = std::to_array<UScriptCode>(
    {USCRIPT_ARABIC,     USCRIPT_SYRIAC,  USCRIPT_MONGOLIAN, USCRIPT_NKO,       USCRIPT_MANDAIC,
     USCRIPT_DEVANAGARI, USCRIPT_BENGALI, USCRIPT_GURMUKHI,  USCRIPT_GUJARATI,  USCRIPT_ORIYA,
     USCRIPT_TAMIL,      USCRIPT_TELUGU,  USCRIPT_KANNADA,   USCRIPT_MALAYALAM, USCRIPT_SINHALA,
     USCRIPT_TIBETAN,    USCRIPT_MYANMAR, USCRIPT_KHMER,     USCRIPT_BALINESE,  USCRIPT_JAVANESE});

UChar32 icu(char32_t c) { return static_cast<UChar32>(c); }
bool has(char32_t c, UProperty property) { return u_hasBinaryProperty(icu(c), property) != 0; }
bool is_mark(char32_t c) { return (U_GET_GC_MASK(icu(c)) & U_GC_M_MASK) != 0; }
bool is_variation_selector(char32_t c) { return has(c, UCHAR_VARIATION_SELECTOR); }
bool is_tag(char32_t c) { return c >= 0xe0020 && c <= cancel_tag; }
bool is_virama(char32_t c) { return u_getCombiningClass(icu(c)) == 9; }

class Look {  // at one text, which it outlives not
 public:
  explicit Look(const std::u32string& text) : text_(text) {}

  bool is_fine(std::size_t at) const {
    const char32_t c = text_[at];
    if (c == joiner || c == non_joiner) return joins(at);
    if (is_variation_selector(c)) return at > 0 && is_visible(text_[at - 1]);
    if (is_tag(c)) return is_in_flag(at);
    if (is_space(c)) return true;
    if (is_mark(c) && (at == 0 || marks_before(at) == most_marks || is_space(text_[at - 1]))) return false;
    return is_visible(c);
  }

 private:
  static bool is_space(char32_t c) { return u_charType(icu(c)) == U_SPACE_SEPARATOR; }

  static bool is_visible(char32_t c) {
    constexpr std::uint32_t never = U_GC_CC_MASK | U_GC_CF_MASK | U_GC_CO_MASK | U_GC_CS_MASK | U_GC_Z_MASK;
    if ((U_GET_GC_MASK(icu(c)) & never) != 0 || has(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) return false;
    if (has(c, UCHAR_NONCHARACTER_CODE_POINT)) return false;
    return c != 0x2800 && c != 0xfffc &&
           c != 0xfffd;  // a Braille cell without dots; what stands for something lost
  }

  std::size_t marks_before(std::size_t at) const {
    std::size_t marks = 0;
    while (at > 0 && is_mark(text_[at - 1])) ++marks, --at;
    return marks;
  }

  // Of the letter that stands there, or that the marks there stand on.
  UScriptCode script(std::size_t at) const {
    for (;; --at) {
      UErrorCode status = U_ZERO_ERROR;
      const UScriptCode code = uscript_getScript(icu(text_[at]), &status);
      if (code != USCRIPT_INHERITED || at == 0) return code;
    }
  }

  bool is_joined(std::size_t at) const {
    return std::find(joining_scripts.begin(), joining_scripts.end(), script(at)) != joining_scripts.end();
  }

  bool joins(std::size_t at) const {
    if (at == 0) return false;
    const bool last = at + 1 == text_.size();
    const char32_t before = text_[at - 1];
    if (is_virama(before)) return true;  // what follows, if anything, is another letter: Malayalam's chillus
    if (last) return false;
    const char32_t after = text_[at + 1];
    const bool pictures =
        (has(before, UCHAR_EXTENDED_PICTOGRAPHIC) || has(before, UCHAR_EMOJI_MODIFIER) || before == 0xfe0f) &&
        has(after, UCHAR_EXTENDED_PICTOGRAPHIC);
    if (text_[at] == joiner && pictures) return true;
    const bool letters =
        (u_isalpha(icu(before)) || is_mark(before)) && (u_isalpha(icu(after)) || is_mark(after));
    return letters && is_joined(at - 1) && script(at - 1) == script(at + 1);
  }

  // A black flag, three to six letters or digits as tags, and their end (UTS #51 ED-14a): Scotland, Texas.
  bool is_in_flag(std::size_t at) const {
    std::size_t first = at;
    while (first > 0 && is_tag(text_[first - 1])) --first;
    if (first == 0 || text_[first - 1] != black_flag) return false;
    std::size_t end = first;
    while (end < text_.size() && is_tag(text_[end]) && text_[end] != cancel_tag) ++end;
    const std::size_t letters = end - first;
    return end < text_.size() && text_[end] == cancel_tag && at <= end && letters >= 3 && letters <= 6;
  }

  const std::u32string& text_;
};

}  // namespace

bool is_displayable(std::string_view text) {
  const auto points = to_code_points(text);
  if (!points) return false;
  const Look look(*points);
  for (std::size_t at = 0; at < points->size(); ++at) {
    if (!look.is_fine(at)) return false;
  }
  return true;
}

std::string_view trim_spaces(std::string_view text) {
  static constexpr std::string_view wide[] = {"\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003",
                                              "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009",
                                              "\u200a", "\u202f", "\u205f", "\u3000"};
  for (std::string_view before; before != text;) {
    before = text = trim(text);
    for (const std::string_view space : wide) {
      if (text.starts_with(space)) text.remove_prefix(space.size());
      if (text.ends_with(space)) text.remove_suffix(space.size());
    }
  }
  return text;
}

}  // namespace doorward
