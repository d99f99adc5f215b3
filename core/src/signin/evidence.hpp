// That somebody has proved to be the owner of an account, how, and when. Only those who check a proof make one: there
// is no other way to the gate that issues sessions.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "crypto/digest.hpp"
#include "records/account.hpp"
#include "records/session.hpp"
#include "records/token.hpp"
#include "signin/factor_proof.hpp"

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
  Evidence with_new_password(Time changed_at) const {
    Evidence evidence = *this;
    evidence.password_since_ = changed_at;
    return evidence;
  }

  // The second factor was given, or isn't to be asked for since a session goes on for which that was settled before.
  bool settles_second_factor() const { return factor_given_ || !renewed_.empty(); }
  Evidence with(const FactorProof& proof) const;

  // A session of the account goes on under another token: by the methods it was begun with, and no fresher than it was
  // where not all of them were given again.
  Evidence renewing(const records::Session& session) const;
  // The same where nothing was given but what the session itself stands for.
  static Evidence of_session(const records::Session& session, const records::Account& account);
  const std::string& renewed() const { return renewed_; }  // that session's hash; empty: none
  Time authenticated_at(Time now) const { return authenticated_at_.value_or(now); }

  // Signing up: the password was chosen in this very browser, and the taken token shows that the mailbox is theirs
  // too. None where the token was bound to another browser.
  static std::optional<Evidence> of_signup(const records::Token& taken, std::string_view binding,
                                           const AccountId& account);

  // What a step of signing in keeps of the evidence it was reached with, until its own proof is there.
  std::string kept() const;
  // None where the token is no such step's, or of another browser.
  static std::optional<Evidence> of_step(const records::Token& token, std::string_view binding,
                                         std::string_view kept);

 private:
  friend class Passwords;
  Evidence(AccountId account, std::string methods, std::optional<Time> password_since)
      : account_(std::move(account)), methods_(std::move(methods)), password_since_(password_since) {}
  AccountId account_;
  std::string methods_;
  std::optional<Time> password_since_;  // of the password that was right; none: no stored one was compared
  bool factor_given_ = false;
  std::string renewed_;
  std::optional<Time> authenticated_at_;
};

}  // namespace doorward::signin
