// The link of an address that is to belong to an account (M14, M18). Whoever opens it signs in first: it counts only for the account
// that asked for it, whatever mailbox it was read in.
#pragma once
#include "flows/flow.hpp"

namespace doorward::flows {

std::vector<Route> email_confirm_routes();

}  // namespace doorward::flows
