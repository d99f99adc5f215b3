// The addresses of an account (M14, M18): which there are, adding one, making another one primary, removing one. Asking is for
// those who have just given their password; what came of it is done by who has the letter and is signed in.
#pragma once
#include "flows/flow.hpp"

namespace doorward::flows {

std::vector<Route> emails_routes();

}  // namespace doorward::flows
