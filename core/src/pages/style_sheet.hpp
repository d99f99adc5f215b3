// What becomes of a theme's style sheets before they are sent.
#pragma once
#include <string>
#include <string_view>

namespace doorward::pages {

// `css` without what only its authors need: comments, and white space where one blank says the same or none does. Strings,
// escapes and addresses stay as they are, and a comment that is all there is between two tokens stays as one without a text.
// What isn't well formed isn't afterwards either: nothing is refused. Source: CSS Syntax Module Level 3, section 4.3.
std::string squeezed_style_sheet(std::string_view css);

}  // namespace doorward::pages
