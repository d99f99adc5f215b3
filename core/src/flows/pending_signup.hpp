// What waits, sealed, until the address of a new account is confirmed: written by signup, read by verify_email.
#pragma once
#include <string>

#include "flows/flow.hpp"
#include "records/account.hpp"
#include "records/token.hpp"

namespace doorward::flows {

struct PendingSignup {
  AccountId account;  // the id that it will have: the password is sealed for it
  std::string name;
  std::string email;     // as typed
  std::string password;  // sealed for the account
  std::string locale;
  std::string return_to;  // may be empty
};

std::string seal(const Services& services, std::string_view token_id, const PendingSignup& pending);
PendingSignup open_pending(const crypto::KeyRing& keys,
                           const records::Token& token);  // throws where it was altered

}  // namespace doorward::flows
