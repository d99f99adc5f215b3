// What the command line does to accounts and letters: the same records, gate rules, audit and letters as the pages', acted
// by "command". Every change is seen by all workers of the host at their next request.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/engine.hpp"
#include "records/account.hpp"
#include "records/audit_entry.hpp"
#include "records/email.hpp"
#include "records/outbox_message.hpp"
#include "records/session.hpp"

namespace doorward::flows {
struct Call;
struct Visitor;
}  // namespace doorward::flows
namespace doorward::mail {
struct Sent;
}

namespace doorward::engine {

struct NewAccount {
  std::string name;
  std::string email;
  std::string login_name;               // may be empty
  std::optional<std::string> password;  // none: the owner is invited by mail to choose one
  bool administrator = false;
  bool must_change = false;  // the given password is good for choosing another only, and for a day
};

struct AccountDetails {
  records::Account account;
  std::vector<records::Email> emails;
  std::string roles;
  bool second_factor = false;
  std::size_t sessions = 0;
  std::vector<records::AuditEntry> history;  // the newest first, at most 20
};

class Admin {
 public:
  explicit Admin(Engine& engine);  // started, without jobs
  ~Admin();

  // An account given a password here counts as verified by whoever runs the command; an invited one once the link was followed.
  // Refused with the codes of the pages, "email_taken", "login_name_taken", "login_name_invalid".
  Result<AccountId> create(const NewAccount& account);
  // `who`: an account's id, an address or a login name. Refused with "no_such_account".
  Result<AccountDetails> show(const std::string& who);
  std::vector<AccountDetails> list(const std::string& after_id, std::uint32_t limit);
  Result<void> set_status(const std::string& who, records::Account::Status status);
  Result<void> remove(const std::string& who);              // the account and everything of it but the audit
  Result<std::string> export_text(const std::string& who);  // what its owner gets at /export
  // `must_change`: as in NewAccount. The owner is told by mail; all sessions of the account end.
  Result<void> set_password(const std::string& who, const std::string& password, bool must_change);
  Result<void> send_reset(const std::string& who);
  Result<void> invite(const std::string& who);  // once more
  // Turns two-factor authentication off: for who has lost everything that goes with it. All sessions of the account end, the
  // owner is told by mail. Refused with "no_second_factor".
  Result<void> reset_second_factor(const std::string& who);

  mail::Sent send_test_letter(const std::string& address);  // now, past the outbox
  std::vector<records::OutboxMessage> queue(records::OutboxState state, std::uint32_t limit);
  bool retry(const std::string& outbox_id);  // a dead letter, for another day
  std::size_t send_due();                    // what the outbox owes, now

 private:
  template <class Work>
  auto change(const std::string& who, Work&& work);
  void end_ways_back(records::Transaction& tx, const AccountId& account);
  flows::Call call();

  Engine& engine_;
  const flows::Services& services_;
  http::Request request_;
  std::unique_ptr<const flows::Visitor> visitor_;
};

}  // namespace doorward::engine
