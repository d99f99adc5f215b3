// Signing out: the session ends for every worker before the answer is given. GET asks first, since it changes nothing.
#pragma once
#include "flows/flow.hpp"

namespace doorward::flows {

std::vector<Route> logout_routes();

}  // namespace doorward::flows
