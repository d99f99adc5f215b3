#include "base/text.hpp"

#include <unicode/locdspnm.h>
#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uidna.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>

namespace doorward {
namespace {

// Calls visit(code point) for each; false at the first byte that is not UTF-8.
template <class Visit>
bool for_each_code_point(std::string_view text, Visit visit) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  const auto length = static_cast<std::int32_t>(text.size());
  for (std::int32_t at = 0; at < length;) {
    UChar32 point = 0;
    U8_NEXT(bytes, at, length, point);  // NOLINT(bugprone-inc-dec-in-conditions): ICU's macro
    if (point < 0) return false;
    visit(point);
  }
  return true;
}

bool is_control(UChar32 c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 || (c >= 0x202a && c <= 0x202e) ||
         (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f || c == 0x061c || c == 0xfeff;
}

std::optional<std::string> normalized(const icu::Normalizer2* form, std::string_view utf8) {
  if (form == nullptr || !is_utf8(utf8)) return std::nullopt;
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString in =
      icu::UnicodeString::fromUTF8({utf8.data(), static_cast<std::int32_t>(utf8.size())});
  const icu::UnicodeString out = form->normalize(in, status);
  if (U_FAILURE(status)) return std::nullopt;
  std::string result;
  out.toUTF8String(result);
  return result;
}

// None: ICU's data lack it.
const icu::Normalizer2* form_of(const icu::Normalizer2* (*get)(UErrorCode&)) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* const form = get(status);
  return U_FAILURE(status) ? nullptr : form;
}

// Got once: ICU's own guard, in a library that isn't ours, is none that ThreadSanitizer sees.
const icu::Normalizer2* nfc_form() {
  static const icu::Normalizer2* const form =
      form_of([](UErrorCode& status) { return icu::Normalizer2::getNFCInstance(status); });
  return form;
}
const icu::Normalizer2* casefold_form() {
  static const icu::Normalizer2* const form =
      form_of([](UErrorCode& status) { return icu::Normalizer2::getNFKCCasefoldInstance(status); });
  return form;
}

// The first letter or digit, whatever signs stand before it, with the marks that belong to it.
std::string first_letter(std::string_view word) {
  std::string letter;
  bool complete = false;
  for_each_code_point(word, [&](UChar32 point) {
    const bool belongs = letter.empty() ? u_isalnum(point) != 0 : (U_GET_GC_MASK(point) & U_GC_M_MASK) != 0;
    complete = complete || (!letter.empty() && !belongs);
    if (belongs && !complete) icu::UnicodeString(point).toUTF8String(letter);
  });
  return letter;
}

}  // namespace

bool is_utf8(std::string_view text) {
  return text.size() < (1U << 30) && for_each_code_point(text, [](UChar32) {});
}

std::optional<std::u32string> to_code_points(std::string_view utf8) {
  std::u32string points;
  if (!for_each_code_point(utf8, [&](UChar32 point) { points += static_cast<char32_t>(point); })) {
    return std::nullopt;
  }
  return points;
}

bool has_control(std::string_view text) {
  bool found = false;
  const bool valid = for_each_code_point(text, [&](UChar32 c) { found = found || is_control(c); });
  return found || !valid;
}

std::size_t code_points(std::string_view utf8) {
  std::size_t count = 0;
  for_each_code_point(utf8, [&](UChar32) { ++count; });
  return count;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view space = " \t\r\n\f\v";
  const std::size_t first = text.find_first_not_of(space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

std::string ascii_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::optional<std::string> nfc(std::string_view utf8) { return normalized(nfc_form(), utf8); }
std::optional<std::string> nfkc_casefold(std::string_view utf8) { return normalized(casefold_form(), utf8); }

std::optional<std::string> domain_to_ascii(std::string_view domain) {
  if (domain.empty() || domain.size() > 254 || !is_utf8(domain)) return std::nullopt;
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UIDNA, void (*)(UIDNA*)> idna(
      uidna_openUTS46(UIDNA_USE_STD3_RULES | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_CHECK_CONTEXTO |
                          UIDNA_NONTRANSITIONAL_TO_ASCII,
                      &status),
      uidna_close);
  UIDNAInfo info = UIDNA_INFO_INITIALIZER;
  std::array<char, 256> out;
  const std::int32_t length =
      uidna_nameToASCII_UTF8(idna.get(), domain.data(), static_cast<std::int32_t>(domain.size()), out.data(),
                             static_cast<std::int32_t>(out.size()), &info, &status);
  if (U_FAILURE(status) || info.errors != 0 || length <= 0) return std::nullopt;
  std::string_view ascii(out.data(), static_cast<std::size_t>(length));
  // "example.org." is the same place, also with an ideographic stop: looked at once they are one.
  if (ascii.ends_with('.')) ascii.remove_suffix(1);
  if (ascii.empty() || ascii.size() > 253 || ascii.ends_with('.')) return std::nullopt;
  return ascii_lower(ascii);
}

std::string initials(std::string_view name) {
  std::string first, last;
  while (!name.empty()) {
    const std::size_t end = std::min(name.find(' '), name.size());
    std::string letter = first_letter(name.substr(0, end));
    name.remove_prefix(std::min(end + 1, name.size()));
    if (!letter.empty()) (first.empty() ? first : last) = std::move(letter);
  }
  return first + last;
}

std::string language_name(const std::string& tag) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Locale locale = icu::Locale::forLanguageTag(tag, status);
  if (U_FAILURE(status) || locale.isBogus()) return tag;
  UDisplayContext contexts[] = {UDISPCTX_CAPITALIZATION_FOR_UI_LIST_OR_MENU};
  const std::unique_ptr<icu::LocaleDisplayNames> names(
      icu::LocaleDisplayNames::createInstance(locale, contexts, 1));
  if (names == nullptr) return tag;
  icu::UnicodeString shown;
  names->localeDisplayName(locale, shown);
  std::string name;
  shown.toUTF8String(name);
  return name.empty() ? tag : name;
}

std::string escape_line(std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) {
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else {
      out += {'\\', 'x', digits[byte >> 4], digits[byte & 0x0f]};
    }
  }
  return out;
}

}  // namespace doorward
