#include "flows/new_password.hpp"

#include "records/email.hpp"
#include "records/session.hpp"
#include "records/token.hpp"
#include "records/trusted_browser.hpp"

namespace doorward::flows {

void set_new_password(records::Transaction& tx, const Call& call, const AccountId& account,
                      const std::string& sealed, const PasswordChange& change) {
  records::Accounts(tx).set_password(account, sealed, call.now, change.must_change);
  records::Sessions(tx).end_all(account, change.keep);
  records::TrustedBrowsers(tx).remove_of(account);
  end_links(tx, call, account);
  audit(tx, call, {change.action, "ok", account, {}});
  if (change.tell) enqueue_notice(tx, call, "password_changed", account);
}

void end_links(records::Transaction& tx, const Call& call, const AccountId& account) {
  records::Tokens tokens(tx, call.services.keys);
  tokens.remove_of_but(account, records::TokenPurpose::email_undo);
  // Nor does a reset that was asked for before, and whose letter isn't written yet, bring its link afterwards.
  for (const auto& email : records::Emails(tx).of_account(account)) {
    tokens.remove_for(records::TokenPurpose::recovery, email.key);
  }
  if (const auto known = records::Accounts(tx).by_id(account); known && !known->login_name.empty()) {
    tokens.remove_for(records::TokenPurpose::recovery, records::login_key(known->login_name));
  }
}

signin::PasswordContext password_context(const Services& services, const records::Account& account) {
  std::string addresses;
  services.database.read([&](records::Transaction& tx) {
    for (const auto& email : records::Emails(tx).of_account(account.id)) addresses += email.address + " ";
  });
  return password_context(services, account.name, addresses, account.login_name);
}

signin::PasswordContext password_context(const Services& services, const std::string& name,
                                         const std::string& email, const std::string& login_name) {
  return {name, email, login_name, services.settings.site.name};
}

}  // namespace doorward::flows
