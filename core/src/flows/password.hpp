// Changing one's own password (M7): the current one and the new one. All other sessions end, and this one gets a new token.
#pragma once
#include "flows/flow.hpp"

namespace doorward::flows {

std::vector<Route> password_routes();

}  // namespace doorward::flows
