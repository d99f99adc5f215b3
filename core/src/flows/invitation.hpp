// A created account's owner is invited by mail to set up a password (M4). Following the link proves the mailbox, so the
// address counts as verified from then on. Also where an administrator has set a temporary password that has to be replaced.
#pragma once
#include "flows/flow.hpp"
#include "flows/letters.hpp"

namespace doorward::flows {

std::vector<Route> invitation_routes();
Letters invitation_letters(const Services& services);

// Owes the letter, with a link that lives for settings.invitation.lifetime.
void invite(records::Transaction& tx, const Call& call, const AccountId& account, const std::string& address);

}  // namespace doorward::flows
