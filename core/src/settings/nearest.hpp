// "did you mean": the known name that looks most like a mistyped one.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace doorward::settings {

// Empty when none is near. `-` counts as `_`, capitals as small letters.
std::string nearest(std::string_view mistyped, const std::vector<std::string>& known);

}  // namespace doorward::settings
