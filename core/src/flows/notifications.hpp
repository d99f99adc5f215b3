// Which e-mails a person wants: of all sites, of some, of none (M22). Notices about the account itself always come.
#pragma once
#include "flows/flow.hpp"

namespace doorward::flows {

std::vector<Route> notifications_routes();

}  // namespace doorward::flows
