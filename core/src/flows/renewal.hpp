// What a delicate change does to the sessions of who made it: all others end, and this one goes on under a new token, in the
// transaction of the change (ASVS 7.4.3, 7.2.4).
#pragma once
#include <functional>
#include <optional>

#include "flows/flow.hpp"

namespace doorward::flows {

// What this browser has to bring from now on. None: the session has ended meanwhile, and nothing may be changed by it any more.
std::optional<http::Cookie> end_other_sessions(records::Transaction& tx, const Call& call);

// Without "keep me signed in" the cookie goes with the browser; the store's own end holds whatever the browser does.
http::Cookie session_cookie(const Services& services, const signin::IssuedSession& issued, Time now);

// Does `work` in a transaction in which the session still stands. False: it has ended meanwhile, and nothing is done.
bool write_signed_in(const Call& call, const std::function<void(records::Transaction&)>& work);

// Asked in the transaction of a change: a request may be older than the end of its session.
bool is_still_signed_in(records::Transaction& tx, const Call& call);

}  // namespace doorward::flows
