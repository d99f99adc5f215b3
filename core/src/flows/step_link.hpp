// A link from a letter, opened: its token leaves the address at once, into a cookie of this browser, so that it shows in
// no history, no Referer and no later log line. Opening a link never uses it up.
#pragma once
#include <string>

#include "flows/flow.hpp"
#include "records/token.hpp"

namespace doorward::flows {

// How long the browser keeps it: signing in ends whatever step it was at, but not a link that led there.
enum class Kept { for_this_step, through_sign_in };

// GET with ?token=...: the way to the same path without it. None: there is no token in the address.
std::optional<Outcome> take_out_of_address(Call& call, const std::string& path,
                                           Kept kept = Kept::for_this_step);
std::string step_token(const Call& call,
                       Kept kept = Kept::for_this_step);  // as the cookie has it; may be empty
// The token that the cookie holds, where it is one for this, here and now.
std::optional<records::Token> step(records::Transaction& tx, const Call& call, records::TokenPurpose purpose);
std::optional<records::Token> take_step(records::Transaction& tx, const Call& call,
                                        records::TokenPurpose purpose);

// A form says which link it was shown for. False: another one was opened in this browser meanwhile, and what was typed for
// the one must not be done for the other.
std::string form_token(const records::Token& token);
bool is_form_of(const Call& call, const records::Token& token);

// Nothing stands behind the link any more. Who opens many such is guessing, and has to wait (429).
Outcome link_invalid(const Call& call, const std::string& kind, Kept kept = Kept::for_this_step);
// The same page, where a link was good and what it leads to isn't there any more.
Outcome link_page(const Call& call, const std::string& kind, Kept kept = Kept::for_this_step);

http::Cookie step_cookie(const Call& call, std::string token, Kept kept = Kept::for_this_step);
http::Cookie no_step_cookie(const Call& call, Kept kept = Kept::for_this_step);

}  // namespace doorward::flows
