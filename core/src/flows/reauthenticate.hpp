// Showing once more who one is, before something that asks for it. The session gets a new token.
#pragma once
#include "flows/flow.hpp"

namespace doorward::flows {

std::vector<Route> reauthenticate_routes();

}  // namespace doorward::flows
