// A link from a letter, opened: its token leaves the address at once, into a cookie of this browser, so that it shows in
// no history, no Referer and no later log line. Opening a link never uses it up.
#pragma once
#include <string>

#include "flows/flow.hpp"

namespace doorward::flows {

// GET with ?token=...: the way to the same path without it. None: there is no token in the address.
std::optional<Outcome> take_out_of_address(Call& call, const std::string& path);
std::string step_token(const Call& call);  // as the cookie has it; may be empty
http::Cookie step_cookie(const Call& call, std::string token);
http::Cookie no_step_cookie(const Call& call);

}  // namespace doorward::flows
