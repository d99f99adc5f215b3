// That somebody has proved to be the owner of an account, how, and when. Only those who check a proof make one: there
// is no other way to the gate that issues sessions.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "crypto/digest.hpp"
#include "records/account.hpp"
#include "records/token.hpp"

namespace doorward::signin {

class Evidence {
 public:
  const AccountId& account() const { return account_; }
  const std::string& methods() const { return methods_; }  // RFC 8176

  // False once another password took the place of the one that was given: a proof may be older than the transaction it
  // is used in, and a password that was reset meanwhile must open nothing any more.
  bool holds_for(const records::Account& account) const {
    return account.id == account_ && (!password_since_ || account.password_changed_at == password_since_);
  }
  // Its owner has replaced the password at that time, in a transaction that asked holds_for().
  Evidence with_new_password(Time changed_at) const { return Evidence(account_, methods_, changed_at); }

  // Signing up: the password was chosen in this very browser, and the taken token shows that the mailbox is theirs
  // too. None where the token was bound to another browser.
  static std::optional<Evidence> of_signup(const records::Token& taken, std::string_view binding,
                                           const AccountId& account) {
    const bool same_browser = !binding.empty() && crypto::equal(taken.binding, binding);
    if (taken.purpose != records::TokenPurpose::signup || !same_browser) return std::nullopt;
    return Evidence(account, "pwd", {});
  }

 private:
  friend class Passwords;
  Evidence(AccountId account, std::string methods, std::optional<Time> password_since)
      : account_(std::move(account)), methods_(std::move(methods)), password_since_(password_since) {}
  AccountId account_;
  std::string methods_;
  std::optional<Time> password_since_;  // of the password that was right; none: no stored one was compared
};

}  // namespace doorward::signin
