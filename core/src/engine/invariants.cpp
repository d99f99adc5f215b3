#include "engine/invariants.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/founding.hpp"
#include "flows/pending_signup.hpp"
#include "flows/recovery.hpp"
#include "flows/second_factor.hpp"
#include "flows/token_address.hpp"
#include "flows/two_factor.hpp"
#include "records/audit_checkpoint.hpp"
#include "records/avatar.hpp"
#include "records/email.hpp"
#include "records/factor.hpp"
#include "records/maintenance.hpp"
#include "records/membership.hpp"
#include "records/organization.hpp"
#include "records/outbox_message.hpp"
#include "records/recovery_code.hpp"
#include "records/session.hpp"
#include "records/trusted_browser.hpp"
#include "signin/passwords.hpp"

namespace doorward::engine {
namespace {

using records::Account;
using records::Email;
using records::Value;

// Clocks of hosts that share a store differ by so much at most.
constexpr std::chrono::minutes skew{5};
constexpr std::size_t digest_size = 32;

bool in_order(Time earlier, Time later) { return earlier <= later + skew; }

bool has_account(const CheckedRow& row, const AccountId& id) {
  return records::Accounts(row.tx).by_id(id).has_value();
}

// Not seen through the unique index that ought to hold it.
bool is_only_one(const CheckedRow& row, const records::Table& table, const char* field, const Value& value) {
  std::size_t found = 0;
  const records::Match match{field, records::Test::is, value};
  row.tx.store().find(table.name, std::span(&match, 1), nullptr, [&](auto) { ++found; });
  return found == 1;
}

template <class Open>
bool opens(const Open& open) {
  try {
    open();
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

void check_installation(const CheckedRow& row) {
  const auto installation = records::Installation::read(row.values);
  row.expect(row.values[0].text == "site", "is a second installation");
  row.expect(belongs(row.keys, installation), "isn't sealed with this key ring");
  row.expect(!audit_chained_since(row.keys, installation) ||
                 records::open_note(installation.last_checkpoint, row.keys).has_value(),
             "doesn't say any more which checkpoint of the audit was signed last");
}

void check_addresses(const CheckedRow& row, const AccountId& account) {
  const auto emails = records::Emails(row.tx).of_account(account);
  const auto primary =
      std::count_if(emails.begin(), emails.end(), [](const Email& email) { return email.primary; });
  row.expect(!emails.empty(), "has no address");
  row.expect(emails.empty() || primary != 0, "has no primary address");
  row.expect(primary < 2, "has several primary addresses");
}

void check_account(const CheckedRow& row) {
  const Account account = Account::read(row.values);
  const Value& login_key = row.values[2];
  row.expect(login_key.text == records::login_key(account.login_name),
             "has a login name whose key isn't its own");
  row.expect(login_key.is_null() || is_only_one(row, Account::table, "login_key", login_key),
             "has a login name that another account has, too");
  const auto context = signin::Passwords::context(account.id);
  row.expect(
      account.password.empty() || opens([&] { return row.keys.open_sealed(account.password, context); }),
      "has a password that this key ring doesn't open");
  row.expect(account.password.empty() || account.password_changed_at, "has a password of no time");
  row.expect(!account.password_changed_at || in_order(account.created_at, *account.password_changed_at),
             "has a password that is older than the account");
  row.expect(in_order(account.created_at, row.now), "was made in the future");
  row.expect(account.avatar.empty() || records::Avatars(row.tx).of_account(account.id),
             "has a picture that isn't there");
  check_addresses(row, account.id);
}

void check_email(const CheckedRow& row) {
  const Email email = Email::read(row.values);
  const Value& owner_key = row.values[4];
  const auto canonical = records::CanonicalEmail::parse(email.address);
  row.expect(has_account(row, email.account), "belongs to an account that doesn't exist");
  row.expect(canonical && canonical->key() == email.key, "isn't an address in its canonical form");
  row.expect(owner_key.is_null() == !email.verified_at,
             "is owned without being verified, or the other way round");
  row.expect(email.verified_at || email.primary, "is neither verified nor the account's first one");
  row.expect(owner_key.is_null() || owner_key.text == email.key, "owns another address than its own");
  row.expect(owner_key.is_null() || is_only_one(row, Email::table, "owner_key", owner_key),
             "is an address that another account owns, too");
  row.expect(!email.verified_at || in_order(email.created_at, *email.verified_at),
             "was verified before it was made");
}

void check_session(const CheckedRow& row) {
  const auto session = records::Session::read(row.values);
  row.expect(session.hash.size() == digest_size, "has no digest of a token as its key");
  row.expect(has_account(row, session.account), "belongs to an account that doesn't exist");
  row.expect(in_order(session.created_at, session.authenticated_at) &&
                 in_order(session.authenticated_at, session.last_seen_at) &&
                 in_order(session.last_seen_at, session.expires_at),
             "has times that aren't in order");
  row.expect(in_order(session.authenticated_at, row.now), "was begun in the future");
  row.expect(session.idle.count() > 0, "may be idle for no time");
}

bool payload_opens(const CheckedRow& row, const records::Token& token) {
  switch (token.purpose) {
    case records::TokenPurpose::signup: return opens([&] { return flows::open_pending(row.keys, token); });
    case records::TokenPurpose::email_confirm:
    case records::TokenPurpose::email_undo:
      return opens([&] { return flows::open_address(row.keys, token); });
    case records::TokenPurpose::recovery: return opens([&] { return flows::asking_device(row.keys, token); });
    case records::TokenPurpose::invitation:
    case records::TokenPurpose::forced_change: break;
    case records::TokenPurpose::second_factor:
      return opens([&] { return flows::kept_for_second_factor(row.keys, token); });
    case records::TokenPurpose::factor_enrolment:
      return opens([&] { return flows::enrolled_secret(row.keys, token); });
  }
  return token.payload.empty();
}

// Its secret is derived from the key ring: a ring that lacks the key derives none, another key another one.
bool is_derived(const CheckedRow& row, const records::Token& token) {
  return opens([&] {
    const auto secret = records::Tokens(row.tx, row.keys).secret(token);
    if (records::LinkToken::parse(secret)->hash().bytes() != token.hash)
      throw std::runtime_error("another's");
  });
}

void check_token(const CheckedRow& row) {
  const auto token = records::Token::read(row.values);
  const auto attempts = row.values[8].number;
  const bool of_somebody =
      token.purpose != records::TokenPurpose::signup && token.purpose != records::TokenPurpose::recovery;
  row.expect(is_derived(row, token), "isn't derived from this key ring");
  row.expect(is_only_one(row, records::Token::table, "id", row.values[1]),
             "has an id that another token has, too");
  row.expect(token.account.empty() ? !of_somebody : has_account(row, token.account),
             "belongs to an account that doesn't exist");
  row.expect(payload_opens(row, token), "holds something that this key ring doesn't open");
  row.expect(attempts >= 0 && attempts <= records::Tokens::max_code_attempts, "has a wrong number of tries");
  row.expect(in_order(token.created_at, token.expires_at), "ended before it began");
}

void check_organization(const CheckedRow& row) {
  const auto organization = records::Organization::read(row.values);
  row.expect(!organization.id.empty() && !organization.name.empty(), "has no name");
}

void check_membership(const CheckedRow& row) {
  const auto membership = records::Membership::read(row.values);
  const std::string id =
      membership.organization.str() + "/" + membership.account.str() + "/" + membership.role;
  row.expect(membership.id == id && !membership.role.empty(), "has an id that isn't made of what it joins");
  row.expect(records::Organizations(row.tx).by_id(membership.organization).has_value(),
             "belongs to an organization that doesn't exist");
  row.expect(has_account(row, membership.account), "belongs to an account that doesn't exist");
}

void check_outbox_message(const CheckedRow& row) {
  const auto message = records::OutboxMessage::read(row.values);
  const bool leased = message.lease_until.has_value();
  const bool dead = message.state == records::OutboxState::dead;
  row.expect(leased == !message.lease_holder.empty(), "is leased to nobody, or held without a lease");
  row.expect(!leased || (!dead && message.next_at == *message.lease_until),
             "is leased, but not due at the lease's end");
  row.expect(!dead || !message.last_error.empty(), "is dead without a reason");
  row.expect(message.attempts >= 0, "has a wrong number of tries");
  row.expect(in_order(message.created_at, message.expires_at), "ended before it began");
  row.expect(message.payload.empty() || nlohmann::json::accept(message.payload),
             "holds what no letter can be made of");
}

bool is_chain(std::int64_t chain) { return chain >= 0 && chain < records::audit_chains; }

void check_audit_entry(const CheckedRow& row) {
  const auto entry = records::AuditEntry::read(row.values);
  row.expect(!entry.action.empty() && !entry.outcome.empty(), "says neither what happened nor how it ended");
  row.expect(in_order(entry.at, row.now), "is of the future");
  row.expect(row.values[9].is_null() == row.values[10].is_null() &&
                 row.values[9].is_null() == row.values[11].is_null(),
             "stands half in a chain");
  row.expect(!entry.place || is_chain(entry.place->chain), "stands in a chain that there isn't");
}

// Whether all of it is as it was written, `doorward audit verify` says.
void check_audit_chain(const CheckedRow& row) {
  const auto end = records::AuditChain::read(row.values);
  row.expect(is_chain(end.chain), "is a chain that there isn't");
  row.expect(end.number > 0 && !end.link.empty(), "is a chain of nothing");
}

void check_audit_checkpoint(const CheckedRow& row) {
  const auto checkpoint = records::AuditCheckpoint::read(row.values);
  row.expect(checkpoint.number > 0, "has no number");
  row.expect(in_order(checkpoint.at, row.now), "is of the future");
  row.expect(records::is_signed(row.keys, checkpoint.text(), checkpoint.signature) == records::Signed::yes,
             "isn't signed by this key ring");
}

void check_maintenance(const CheckedRow& row) {
  records::Maintenance::read(row.values);
  row.expect(row.values[0].text == "site", "is a second one");
}

void check_factor(const CheckedRow& row) {
  const auto factor = records::Factor::read(row.values);
  const Value& only = row.values[7];
  const auto context = records::Factor::context(factor.id);
  row.expect(has_account(row, factor.account), "belongs to an account that doesn't exist");
  row.expect(opens([&] { return row.keys.open_sealed(factor.secret, context); }),
             "has a secret that this key ring doesn't open");
  row.expect(only.text == factor.account.str() + "/totp", "isn't its account's only one of its kind");
  row.expect(only.is_null() || is_only_one(row, records::Factor::table, "only", only),
             "is one of several of its kind");
  row.expect(factor.last_step > 0 && factor.failures >= 0, "was never shown to work");
  row.expect(in_order(factor.created_at, row.now), "was made in the future");
}

void check_recovery_code(const CheckedRow& row) {
  const auto code = records::RecoveryCode::read(row.values);
  row.expect(has_account(row, code.account), "belongs to an account that doesn't exist");
  row.expect(code.id.starts_with(code.account.str() + "/"), "has an id that isn't its account's");
  row.expect(code.hash.size() == digest_size, "has no digest of a code");
  row.expect(records::Factors(row.tx).has_any(code.account), "is of an account without a factor");
}

void check_trusted_browser(const CheckedRow& row) {
  const auto browser = records::TrustedBrowser::read(row.values);
  row.expect(browser.hash.size() == digest_size, "has no digest of a token as its key");
  row.expect(has_account(row, browser.account), "belongs to an account that doesn't exist");
  row.expect(in_order(browser.created_at, browser.expires_at) &&
                 browser.expires_at <= browser.created_at + records::TrustedBrowser::lifetime,
             "is trusted for another time than thirty days");
}

void check_avatar(const CheckedRow& row) {
  const auto avatar = records::Avatar::read(row.values);
  const auto account = records::Accounts(row.tx).by_id(avatar.account);
  row.expect(account.has_value(), "belongs to an account that doesn't exist");
  row.expect(!account || account->avatar == avatar.version, "isn't the version that its account has");
  row.expect(!avatar.picture.empty(), "is a picture of no bytes");
}

}  // namespace

std::span<const Invariants> all_invariants() {
  static const Invariants all[] = {
      {records::Installation::table, check_installation, "site"},
      {Account::table, check_account},
      {Email::table, check_email},
      {records::Session::table, check_session},
      {records::Token::table, check_token},
      {records::Organization::table, check_organization, "site"},
      {records::Membership::table, check_membership},
      {records::OutboxMessage::table, check_outbox_message},
      {records::AuditEntry::table, check_audit_entry},
      {records::AuditChain::table, check_audit_chain},
      {records::AuditCheckpoint::table, check_audit_checkpoint},
      {records::Maintenance::table, check_maintenance},
      {records::Factor::table, check_factor},
      {records::RecoveryCode::table, check_recovery_code},
      {records::TrustedBrowser::table, check_trusted_browser},
      {records::Avatar::table, check_avatar},
  };
  return all;
}

}  // namespace doorward::engine
