// Identifier and password, looked at in one way wherever they are asked for: tries are counted before anything is
// compared, and the same work is done whether there is such an account or not.
#pragma once
#include <optional>

#include "flows/flow.hpp"
#include "records/account.hpp"

namespace doorward::flows {

struct Checked {
  std::optional<signin::Evidence> evidence;  // none: refused, for the reason beside it
  std::optional<Refusal> refusal;
  AccountId account;  // of the account that was meant; may be empty
  std::string rehashed;
  signin::Try tried;
  bool silenced = false;  // refused as wrong without being so: see signin::Attempt
};

// Fields "identifier" and "password" of the call.
Checked check_credentials(Call& call);
// Field `field`, for the account of who is signed in.
Checked check_own_password(Call& call, std::string_view field);

// A failed try, in the audit: outside of any other transaction, since nothing else happened. Where no password was looked at,
// nothing limits how many such there are: the front records as many as do no harm.
void audit_failure(Call& call, std::string_view action, const Checked& checked, const Refusal& refusal);

}  // namespace doorward::flows
