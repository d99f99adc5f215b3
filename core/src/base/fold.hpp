// What people take for the same when they type a name: any case, with or without accents, however it is spaced.
#pragma once
#include <string>
#include <string_view>

namespace doorward {

// "sao paulo" for " São__Paulo ": NFKC, case folded, no marks; runs of spaces, underscores and hyphens are one space,
// and none at the ends. Empty where the text isn't UTF-8. For comparing, not to be shown.
std::string folded(std::string_view utf8);

}  // namespace doorward
