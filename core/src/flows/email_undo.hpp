// "This was not me" (M18): the link in the letter to an address that was the primary one. Whoever reads that mailbox takes the
// account back, signed in or not, and chooses a new password.
#pragma once
#include "flows/flow.hpp"

namespace doorward::flows {

std::vector<Route> email_undo_routes();

}  // namespace doorward::flows
