// The name a person goes by on the site: 1 to 100 code points that show what they are, NFC,
// without spaces at the ends.
#pragma once
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace doorward::flows {

// Refused at "name" with "name_required", "name_too_long", "name_invalid".
Result<std::string> check_display_name(std::string_view typed);

}  // namespace doorward::flows
