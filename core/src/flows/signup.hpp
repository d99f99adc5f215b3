// Signing up (M10). Nothing of an account exists until its address is confirmed: what was typed waits, sealed, in a token
// whose link and code go to the mailbox. The page answers the same whether the address has an account or not; its owner
// gets a letter that says so.
#pragma once
#include "flows/flow.hpp"
#include "flows/letters.hpp"

namespace doorward::flows {

std::vector<Route> signup_routes();
Letters signup_letters(const Services& services);

}  // namespace doorward::flows
