#include "flows/factor_change.hpp"

#include "records/factor.hpp"
#include "records/recovery_code.hpp"
#include "records/session.hpp"
#include "records/trusted_browser.hpp"

namespace doorward::flows {

void tell_factor_change(records::Transaction& tx, const Call& call, const AccountId& account,
                        const FactorChange& change) {
  records::Sessions(tx).end_all(account, change.keep);
  records::TrustedBrowsers(tx).remove_of(account);
  audit(tx, call, {change.action, "ok", account, {}});
  enqueue_notice(tx, call, change.letter, account);
}

bool remove_second_factor(records::Transaction& tx, const Call& call, const AccountId& account,
                          const FactorChange& change) {
  if (records::Factors(tx).remove_of(account) == 0) return false;
  records::RecoveryCodes(tx).remove_of(account);
  tell_factor_change(tx, call, account, change);
  return true;
}

}  // namespace doorward::flows
