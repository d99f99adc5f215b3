#include "pages/style_sheet.hpp"

#include <algorithm>

namespace doorward::pages {
namespace {

constexpr std::string_view blanks = " \t\r\n\f";
constexpr std::string_view edges = "{};,>";  // white space beside one of these means nothing
constexpr std::string_view ends = "{};,>:";  // nor behind one of these; before ":" it does: "a :hover"
constexpr std::string_view hex_digits = "0123456789abcdefABCDEF";

bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

// Behind an escape: one character, or up to six digits and the blank that ends them.
std::size_t end_of_escape(std::string_view css, std::size_t from) {
  std::size_t at = from + 1;
  while (at < css.size() && at - from <= 6 && is_one_of(css[at], hex_digits)) ++at;
  if (at == from + 1) return std::min(at + 1, css.size());
  return at < css.size() && is_one_of(css[at], blanks) ? at + 1 : at;
}

// Behind the character that ends what stands literally: a string, or an address without quotation marks.
std::size_t end_of_literal(std::string_view css, std::size_t from, char last) {
  std::size_t at = from;
  while (at < css.size() && css[at] != last) at += css[at] == '\\' ? 2 : 1;
  return std::min(at + 1, css.size());
}

std::size_t end_of_comment(std::string_view css, std::size_t from) {
  const std::size_t end = css.find("*/", from + 2);
  return end == std::string_view::npos ? css.size() : end + 2;
}

// Behind all that has to stay as it is and begins here; `from` itself: nothing does.
std::size_t end_of_verbatim(std::string_view css, std::size_t from) {
  if (css[from] == '\\') return end_of_escape(css, from);
  if (css[from] == '"' || css[from] == '\'') return end_of_literal(css, from + 1, css[from]);
  if (css.substr(from, 4) != "url(") return from;
  const std::size_t inside = css.find_first_not_of(blanks, from + 4);
  const bool is_quoted = inside != std::string_view::npos && is_one_of(css[inside], "\"'");
  return is_quoted ? from : end_of_literal(css, from + 4, ')');
}

}  // namespace

std::string squeezed_style_sheet(std::string_view css) {
  std::string out;
  bool is_literal = false;  // what `out` ends with
  for (std::size_t at = 0; at < css.size();) {
    bool has_blank = false, has_comment = false;
    for (std::size_t gap = at; at < css.size(); gap = at) {
      if (css.substr(at, 2) == "/*")
        at = end_of_comment(css, at), has_comment = true;
      else if (is_one_of(css[at], blanks))
        ++at, has_blank = true;
      if (at == gap) break;
    }
    if (at == css.size()) break;
    const bool is_apart = out.empty() || (!is_literal && is_one_of(out.back(), ends));
    if (!is_apart && !is_one_of(css[at], edges)) out += has_blank ? " " : has_comment ? "/**/" : "";
    if (css[at] == '}' && !is_literal && out.ends_with(';')) out.pop_back();
    const std::size_t end = end_of_verbatim(css, at);
    is_literal = end != at;
    out += css.substr(at, std::max(end, at + 1) - at);
    at = std::max(end, at + 1);
  }
  return out;
}

}  // namespace doorward::pages
