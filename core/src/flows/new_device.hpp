// Somebody has signed in where this account never had: its owner is told by mail. A security notice, which nobody can switch
// off. What is known of a browser is its device cookie.
#pragma once
#include "flows/flow.hpp"
#include "flows/letters.hpp"

namespace doorward::flows {

// By which this browser is known from now on as one of the account's.
http::Cookie device_cookie(const Call& call, const records::Account& account);

// In the transaction of the session: owes its person a letter where the browser isn't known. After three letters the next are
// held back, ten minutes and then longer, and tell of every sign-in that came meanwhile.
void tell_if_new_device(records::Transaction& tx, const Call& call, const records::Account& account);

Letters new_device_letters(const Services& services);

}  // namespace doorward::flows
