#include "flows/display_name.hpp"

#include "base/displayable.hpp"
#include "base/text.hpp"

namespace doorward::flows {

Result<std::string> check_display_name(std::string_view typed) {
  const std::string_view name = trim_spaces(typed);
  if (name.empty()) return refuse("name_required", "name");
  const auto normalized = nfc(name);
  if (!normalized || !is_displayable(*normalized)) return refuse("name_invalid", "name");
  if (code_points(*normalized) > 100) return refuse("name_too_long", "name");
  return *normalized;
}

}  // namespace doorward::flows
