#include "records/schema.hpp"

#include "records/account.hpp"
#include "records/audit_chain.hpp"
#include "records/audit_checkpoint.hpp"
#include "records/audit_entry.hpp"
#include "records/avatar.hpp"
#include "records/email.hpp"
#include "records/factor.hpp"
#include "records/installation.hpp"
#include "records/maintenance.hpp"
#include "records/membership.hpp"
#include "records/organization.hpp"
#include "records/outbox_message.hpp"
#include "records/recovery_code.hpp"
#include "records/session.hpp"
#include "records/token.hpp"
#include "records/trusted_browser.hpp"

namespace doorward::records {

std::vector<Table> schema() {
  return {
      Installation::table, Account::table,      Email::table,           Session::table,
      Token::table,        Organization::table, Membership::table,      OutboxMessage::table,
      AuditEntry::table,   AuditChain::table,   AuditCheckpoint::table, Maintenance::table,
      Factor::table,       RecoveryCode::table, TrustedBrowser::table,  Avatar::table,
  };
}

}  // namespace doorward::records
