// Where a person may not change the address of the account themselves (M9, `emails.change: request`): the page on which they ask whoever
// runs the site for it. What comes of it is a letter to site.support_email.
#pragma once
#include "flows/flow.hpp"
#include "flows/letters.hpp"

namespace doorward::flows {

std::vector<Route> email_request_routes();
Letters email_request_letters(const Services& services);

}  // namespace doorward::flows
