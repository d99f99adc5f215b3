#include "signin/passwords.hpp"

namespace doorward::signin {

Result<std::string> Passwords::seal_new(const NewPassword& password, const AccountId& account) const {
  const auto hash = hasher_.hash(password.text());
  if (!hash) return refuse(hash.error());
  return keys_.seal(*hash, context(account), random_);
}

Result<Passwords::Verified> Passwords::verify(const std::optional<records::Account>& account,
                                              std::string_view typed, Time now) const {
  const std::string password = normalized_password(typed);
  if (password.empty()) return Verified{};  // no account can have it: costs nothing, tells nothing
  if (!account || !account->has_password_at(now)) {
    const auto nothing = hasher_.verify_nothing(password);
    if (!nothing) return refuse(nothing.error());
    return Verified{};
  }
  const std::string stored = keys_.open_sealed(account->password, context(account->id));
  const auto right = hasher_.verify(password, stored);
  if (!right) return refuse(right.error());
  if (!*right) return Verified{};
  Verified verified{Evidence(account->id, "pwd", account->password_changed_at), {}};
  if (hasher_.needs_rehash(stored)) {
    if (const auto hash = hasher_.hash(password)) {
      verified.rehashed = keys_.seal(*hash, context(account->id), random_);
    }
  } else if (crypto::KeyRing::key_of(account->password) != keys_.current()) {
    verified.rehashed = keys_.seal(stored, context(account->id), random_);
  }
  return verified;
}

}  // namespace doorward::signin
