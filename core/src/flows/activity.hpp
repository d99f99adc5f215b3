// What happened to one's account, as the audit has it: who signed in, what was changed, what was refused.
#pragma once
#include "flows/flow.hpp"

namespace doorward::flows {

std::vector<Route> activity_routes();

}  // namespace doorward::flows
