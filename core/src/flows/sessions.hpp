// Where a person is signed in: one line a browser, to end one, or all others.
#pragma once
#include "flows/flow.hpp"

namespace doorward::flows {

std::vector<Route> sessions_routes();

}  // namespace doorward::flows
