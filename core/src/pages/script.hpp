// What becomes of a theme's scripts before they are sent.
#pragma once
#include <string>
#include <string_view>

namespace doorward::pages {

// `script` without what only its authors need: lines that are a comment ("//") or empty, and what lines are set in by. One in
// which a line may not begin anew, for it has a "`", a "/*" or a line that ends in a "\", stays as it is.
// Source: ECMA-262, 12.4 (comments) and 12.9 (literals).
std::string squeezed_script(std::string_view script);

}  // namespace doorward::pages
