// Confirming the address of a new account: by the code, in the browser that signed up, or by the link, anywhere. In another
// browser the link asks for the password that was chosen: who merely reads the mailbox, or was sent an account by a
// stranger, doesn't get one with a password they don't know.
#pragma once
#include "flows/flow.hpp"

namespace doorward::flows {

std::vector<Route> verify_email_routes();

}  // namespace doorward::flows
