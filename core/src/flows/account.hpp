// My Account: the page behind the avatar, from which everything about oneself is reached (M17).
#pragma once
#include "flows/flow.hpp"

namespace doorward::flows {

std::vector<Route> account_routes();

}  // namespace doorward::flows
