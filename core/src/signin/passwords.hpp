// An account's password: kept as an Argon2id hash that is itself sealed with the site's key ring and bound to its account,
// so that a stolen table alone can't be guessed at, and a row can't be moved.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "crypto/key_ring.hpp"
#include "crypto/password_hash.hpp"
#include "records/account.hpp"
#include "signin/evidence.hpp"
#include "signin/password_policy.hpp"

namespace doorward::signin {

class Passwords {  // any thread; what hashes blocks
 public:
  Passwords(const crypto::PasswordHasher& hasher, const crypto::KeyRing& keys, Random& random)
      : hasher_(hasher), keys_(keys), random_(random) {}

  // Refused with "busy" where the hash budget is used up.
  Result<std::string> seal_new(const NewPassword& password, const AccountId& account) const;

  // What a stored password is sealed for.
  static std::string context(const AccountId& account) { return "account|" + account.str() + "|password"; }

  struct Verified {
    std::optional<Evidence> evidence;  // none: wrong
    std::string rehashed;  // not empty: the same password by today's parameters and key, to be stored instead
  };
  // The same time and work whether the account exists, has a password, a temporary one whose day is over, or none of it.
  // Refused with "busy" only.
  Result<Verified> verify(const std::optional<records::Account>& account, std::string_view typed,
                          Time now) const;

 private:
  const crypto::PasswordHasher& hasher_;
  const crypto::KeyRing& keys_;
  Random& random_;
};

}  // namespace doorward::signin
