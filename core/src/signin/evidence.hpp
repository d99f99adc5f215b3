// That somebody has proved to be the owner of an account, how, and when. Only those who check a proof make one: there
// is no other way to the gate that issues sessions.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "crypto/digest.hpp"
#include "records/token.hpp"

namespace doorward::signin {

class Evidence {
 public:
  const AccountId& account() const { return account_; }
  const std::string& methods() const { return methods_; }  // RFC 8176

  // Signing up: the password was chosen in this very browser, and the taken token shows that the mailbox is theirs
  // too. None where the token was bound to another browser.
  static std::optional<Evidence> of_signup(const records::Token& taken, std::string_view binding,
                                           const AccountId& account) {
    const bool same_browser = !binding.empty() && crypto::equal(taken.binding, binding);
    if (taken.purpose != records::TokenPurpose::signup || !same_browser) return std::nullopt;
    return Evidence(account, "pwd");
  }

 private:
  friend class Passwords;
  Evidence(AccountId account, std::string methods)
      : account_(std::move(account)), methods_(std::move(methods)) {}
  AccountId account_;
  std::string methods_;
};

}  // namespace doorward::signin
