// A password takes another's place: the same everywhere, so that no way in forgets a part of it. All sessions of the account
// end, no browser is trusted any more, its outstanding links die, the audit has it, and the person is told by mail.
#pragma once
#include "flows/flow.hpp"
#include "flows/letters.hpp"
#include "records/account.hpp"

namespace doorward::flows {

struct PasswordChange {
  std::string action;  // for the audit: "password.change"
  bool must_change = false;
  SessionId keep;    // this session goes on; empty: none does
  bool tell = true;  // a letter to the person
};

// `sealed` is what Passwords::seal_new made for this account.
void set_new_password(records::Transaction& tx, const Call& call, const AccountId& account,
                      const std::string& sealed, const PasswordChange& change);

// Every link of the account is worthless from now on, but for those that undo a change of its address: whoever has taken an
// account over can choose a password, too.
void end_links(records::Transaction& tx, const Call& call, const AccountId& account);

// What the policy is to look for in a password of this account.
signin::PasswordContext password_context(const Services& services, const records::Account& account);
// Of one that isn't an account yet. `email`: or several, with spaces between.
signin::PasswordContext password_context(const Services& services, const std::string& name,
                                         const std::string& email, const std::string& login_name = {});

}  // namespace doorward::flows
