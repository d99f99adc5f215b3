// How a person wants things written and shown: MAC addresses, the clock, language, light or dark (M21).
#pragma once
#include "flows/flow.hpp"

namespace doorward::flows {

std::vector<Route> preferences_routes();

}  // namespace doorward::flows
