// Who somebody is on the site: display name, phone number, time zone (M8, M17). The picture beside it is the flow avatar.
#pragma once
#include "flows/flow.hpp"

namespace doorward::flows {

std::vector<Route> profile_routes();

}  // namespace doorward::flows
