#include "base/fold.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "base/text.hpp"

namespace doorward {
namespace {

bool separates(UChar32 c) { return c == '_' || c == '-' || u_isUWhiteSpace(c) != 0; }
bool is_mark(UChar32 c) { return (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0; }

// As letters, each followed by its marks.
icu::UnicodeString taken_apart(const std::string& utf8) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = icu::Normalizer2::getNFDInstance(status);
  if (U_FAILURE(status)) return {};
  return normalizer->normalize(icu::UnicodeString::fromUTF8(utf8), status);
}

}  // namespace

std::string folded(std::string_view utf8) {
  const icu::UnicodeString all = taken_apart(nfkc_casefold(utf8).value_or(""));
  icu::UnicodeString kept;
  bool apart = false;
  for (std::int32_t at = 0; at < all.length(); at = all.moveIndex32(at, 1)) {
    const UChar32 c = all.char32At(at);
    if (separates(c)) {
      apart = !kept.isEmpty();
    } else if (!is_mark(c)) {
      if (apart) kept.append(u' ');
      apart = false;
      kept.append(c);
    }
  }
  std::string made;
  kept.toUTF8String(made);
  return made;
}

}  // namespace doorward
