#include "flows/new_password.hpp"

#include "records/session.hpp"
#include "records/token.hpp"

namespace doorward::flows {

void set_new_password(records::Transaction& tx, const Call& call, const AccountId& account,
                      const std::string& sealed, const PasswordChange& change) {
  records::Accounts(tx).set_password(account, sealed, call.now, change.must_change);
  records::Sessions(tx).end_all(account, change.keep);
  records::Tokens(tx, call.services.keys).remove_of(account);
  audit(tx, call, {change.action, "ok", account, {}});
  if (change.tell) enqueue_notice(tx, call, "password_changed", account);
}

signin::PasswordContext password_context(const Services& services, const std::string& name,
                                         const std::string& email, const std::string& login_name) {
  return {name, email, login_name, services.settings.site.name};
}

}  // namespace doorward::flows
