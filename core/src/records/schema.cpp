#include "records/schema.hpp"

#include "records/account.hpp"
#include "records/audit_entry.hpp"
#include "records/avatar.hpp"
#include "records/email.hpp"
#include "records/installation.hpp"
#include "records/maintenance.hpp"
#include "records/membership.hpp"
#include "records/organization.hpp"
#include "records/outbox_message.hpp"
#include "records/session.hpp"
#include "records/token.hpp"

namespace doorward::records {

std::vector<Table> schema() {
  return {
      Installation::table, Account::table,      Email::table,      Session::table,
      Token::table,        Organization::table, Membership::table, OutboxMessage::table,
      AuditEntry::table,   Maintenance::table,  Avatar::table,
  };
}

}  // namespace doorward::records
