// Everything that is kept of an account, taken out of the store at once. This is the one place that names every noun of an
// account: who adds a table with a field `account` adds it here, and a test says so.
#pragma once
#include <span>
#include <vector>

#include "base/ids.hpp"
#include "records/database.hpp"
#include "records/outbox_message.hpp"
#include "records/token.hpp"

namespace doorward::records {

// To be called in the transaction that decides it. Whatever was begun for the account ends with it: letters that wait, links
// in letters that were sent, steps half-way through. Its sessions are over for every worker once this is committed. What
// happened stays in the audit, by id, for audit.retention.
void erase_account(Transaction& tx, const AccountId& account);

// What waits for the account: its own, and what was asked for by its confirmed addresses and its login name and is nobody's yet.
struct Owed {
  std::vector<Token> tokens;
  std::vector<OutboxMessage> letters;
};
Owed owed_to(Transaction& tx, const AccountId& account);

// The tables whose field `account` says whose a row is.
std::span<const Table* const> tables_of_accounts();

}  // namespace doorward::records
