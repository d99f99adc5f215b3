// Deletes the account, for good: the page at /deletion, and what the command does.
#pragma once
#include "flows/flow.hpp"
#include "flows/letters.hpp"

namespace doorward::flows {

// Everything of the account goes (records/erasure); the audit says that it did, and a last letter is owed to the primary
// address, if that was confirmed. To be called in the transaction that decides it.
void delete_account(records::Transaction& tx, const Call& call, const AccountId& account);

std::vector<Route> deletion_routes();
Letters deletion_letters(const Services& services);

}  // namespace doorward::flows
