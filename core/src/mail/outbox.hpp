// Letters are owed, not sent: a flow writes one line into the outbox, in the transaction of what the letter
// tells of, and goes on. A Dispatcher sends it after. What rolls back owes nothing; what was committed is
// sent, whatever dies meanwhile.
#pragma once
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/random.hpp"
#include "records/database.hpp"

namespace doorward::mail {

struct Draft {
  std::string kind;       // which composer writes the letter: "recovery"
  std::string subject;    // id of the record it is about: a token, an account; may be empty
  std::string recipient;  // as asked for, resolved or not: the composer decides who gets a letter
  std::string payload;    // JSON; never a secret or a token: it stays readable in the store. May be empty
  std::string locale;     // of whoever asked; may be empty
  Time expires_at;        // when what it speaks of is of no more use: it is not sent from then on
  std::chrono::seconds hold_back{0};  // not sent before
};

OutboxId enqueue(records::Transaction& tx, const Draft& draft, Time now, Random& random);

}  // namespace doorward::mail
