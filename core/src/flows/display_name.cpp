#include "flows/display_name.hpp"

#include "base/displayable.hpp"
#include "base/text.hpp"

namespace doorward::flows {
namespace {

constexpr std::size_t longest = 100;  // code points

}  // namespace

Result<std::string> check_display_name(std::string_view typed) {
  const std::string_view name = trim_spaces(typed);
  if (name.empty()) return refuse("name_required", "name");
  const auto normalized = nfc(name);
  if (!normalized || !is_displayable(*normalized)) return refuse("name_invalid", "name");
  if (code_points(*normalized) > longest)
    return refuse(Refusal{"name_too_long", "name", {{"maximum", std::to_string(longest)}}, 422, {}});
  return *normalized;
}

}  // namespace doorward::flows
