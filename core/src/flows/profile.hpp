// The display name (M8, M17 in their first form).
#pragma once
#include "flows/flow.hpp"

namespace doorward::flows {

std::vector<Route> profile_routes();

}  // namespace doorward::flows
