// That the second factor of an account was given and right. Only SecondFactors makes one.
#pragma once
#include <string>
#include <utility>

#include "base/ids.hpp"

namespace doorward::signin {

class FactorProof {
 public:
  const AccountId& account() const { return account_; }
  const std::string& method() const {
    return method_;
  }  // RFC 8176: "otp"; for a recovery code, which it lacks, "mfa"
  const std::string& what() const { return what_; }  // for the audit: "totp", "recovery code 3"
  bool is_recovery_code() const { return method_ == "mfa"; }

 private:
  friend class SecondFactors;
  FactorProof(AccountId account, std::string method, std::string what)
      : account_(std::move(account)), method_(std::move(method)), what_(std::move(what)) {}
  AccountId account_;
  std::string method_, what_;
};

}  // namespace doorward::signin
