// The picture of a person: chosen, shown, removed (M8).
#pragma once
#include "flows/flow.hpp"

namespace doorward::flows {

std::vector<Route> avatar_routes();

}  // namespace doorward::flows
