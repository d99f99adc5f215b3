// A second factor is turned on or off, or gets other recovery codes: the same everywhere, so that no way forgets a part of it. All
// other sessions of the account end, no browser is trusted any more, the audit has it, and the person is told by mail.
#pragma once
#include "flows/flow.hpp"
#include "flows/letters.hpp"

namespace doorward::flows {

struct FactorChange {
  std::string action;            // for the audit: "two_factor.on"
  std::string letter;            // "two_factor_on"
  SessionId keep = SessionId();  // this session goes on; empty: none does
};

void tell_factor_change(records::Transaction& tx, const Call& call, const AccountId& account,
                        const FactorChange& change);
// Takes the account's factor away, with all that belongs to it. False: it has none, and nothing is changed.
bool remove_second_factor(records::Transaction& tx, const Call& call, const AccountId& account,
                          const FactorChange& change);

}  // namespace doorward::flows
