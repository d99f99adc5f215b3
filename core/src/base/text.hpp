// Small questions about UTF-8 text, answered by ICU where Unicode is involved.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace doorward {

bool is_utf8(std::string_view text);
bool has_control(
    std::string_view text);  // C0, DEL, C1, line and paragraph separators, bidi overrides; UTF-8 given
std::size_t code_points(std::string_view utf8);                       // how many
std::optional<std::u32string> to_code_points(std::string_view utf8);  // none: not UTF-8
std::string_view trim(std::string_view text);                         // ASCII white space
std::string ascii_lower(std::string_view text);
std::optional<std::string> nfc(
    std::string_view utf8);  // RFC 8265 OpaqueString's normalization; none: not UTF-8
std::optional<std::string> nfkc_casefold(
    std::string_view utf8);  // for login names and look-alikes; none: not UTF-8
std::optional<std::string> domain_to_ascii(
    std::string_view domain);  // UTS #46, strict; lower case; none: not a domain
// One or two letters that stand for a person: of the first and the last word of the name that have one. Empty: none has.
std::string initials(std::string_view name);
// A language's name in itself, as it stands in a list: "Deutsch" for "de". The tag where ICU has no name for it.
std::string language_name(const std::string& tag);
std::string escape_line(std::string_view text);  // one line of a log: control characters as \n, \x1b

}  // namespace doorward
