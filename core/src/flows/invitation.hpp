// A created account's owner is invited by mail to set up a password (M4). Following the link proves the mailbox, so the
// address counts as verified from then on. Also where an administrator has set a temporary password that has to be replaced.
#pragma once
#include "flows/flow.hpp"
#include "flows/letters.hpp"

namespace doorward::flows {

std::vector<Route> invitation_routes();
Letters invitation_letters(const Services& services);

constexpr std::chrono::minutes forced_change_lifetime{15};

// A password that an administrator has set is good for one thing: choosing another. The secret of the link for it; empty where
// the account has no address. `proved` is how the person signed in, and will again afterwards.
std::string begin_forced_change(records::Transaction& tx, const Call& call, const Proved& proved);

// Owes the letter, with a link that lives for settings.invitation.lifetime.
void invite(records::Transaction& tx, const Call& call, const AccountId& account, const std::string& address);

}  // namespace doorward::flows
