// Check boxes: a form sends one that is ticked and says nothing of the others; a program says true or false.
#pragma once
#include <algorithm>
#include <array>
#include <string_view>

#include "flows/flow.hpp"

namespace doorward::flows {

// False: something else was sent, which isn't to be taken for "not ticked".
inline bool is_box(const Call& call, std::string_view field) {
  constexpr std::array<std::string_view, 5> unticked{"", "no", "off", "false", "0"};
  return call.fields.flag(field) ||
         std::find(unticked.begin(), unticked.end(), call.fields[field]) != unticked.end();
}

}  // namespace doorward::flows
