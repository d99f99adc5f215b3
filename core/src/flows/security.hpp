// How somebody signs in, and where they are signed in, at a glance; from here the pages that change it are reached.
#pragma once
#include "flows/flow.hpp"

namespace doorward::flows {

std::vector<Route> security_routes();

}  // namespace doorward::flows
