#include "engine/admin.hpp"

#include "base/displayable.hpp"
#include "engine/front.hpp"
#include "flows/deletion.hpp"
#include "flows/display_name.hpp"
#include "flows/export.hpp"
#include "flows/factor_change.hpp"
#include "flows/identifier.hpp"
#include "flows/invitation.hpp"
#include "flows/new_password.hpp"
#include "mail/sender.hpp"
#include "records/factor.hpp"
#include "records/membership.hpp"
#include "records/organization.hpp"
#include "records/recovery_code.hpp"
#include "records/token.hpp"
#include "records/trusted_browser.hpp"

namespace doorward::engine {
namespace {

using records::Account;
using records::Accounts;
using records::Emails;
using records::Transaction;

std::optional<Account> find_account(Transaction& tx, const std::string& who) {
  if (auto account = Accounts(tx).by_id(AccountId(who))) return account;
  if (auto account = flows::account_by_identifier(tx, who)) return account;
  // An address that waits for its owner's confirmation: of an invited account.
  const auto email = records::CanonicalEmail::parse(who);
  if (!email) return std::nullopt;
  const auto waiting = records::find_one<records::Email>(
      tx, {{"key", records::Test::is, records::Value::of_text(email->key())}});
  return waiting ? Accounts(tx).by_id(waiting->account) : std::nullopt;
}

AccountDetails details(Transaction& tx, Account account, Time now) {
  AccountDetails details;
  details.emails = Emails(tx).of_account(account.id);
  details.roles = records::Memberships(tx).site_roles(account.id);
  for (const auto& session : records::Sessions(tx).of_account(account.id))
    details.sessions += session.ends_at() > now;
  details.second_factor = records::Factors(tx).has_any(account.id);
  details.account = std::move(account);
  return details;
}

}  // namespace

Admin::Admin(Engine& engine) : engine_(engine), services_(engine.services()) {
  flows::Visitor command;
  command.actor = "command";
  command.locale = engine.settings().locales.front();
  visitor_ = std::make_unique<const flows::Visitor>(std::move(command));
}

Admin::~Admin() = default;

flows::Call Admin::call() {
  return {services_, request_, *visitor_, {}, {}, make_request_id(services_.random), services_.clock.now()};
}

// Runs `work(tx, call, account)` in one transaction.
template <class Work>
auto Admin::change(const std::string& who, Work&& work) {
  const flows::Call call = this->call();
  return services_.database.write([&](Transaction& tx) -> Result<void> {
    const auto account = find_account(tx, who);
    if (!account) return refuse("no_such_account", {}, 404);
    return work(tx, call, *account);
  });
}

Result<AccountId> Admin::create(const NewAccount& wanted) {
  const flows::Call call = this->call();
  const auto name = flows::check_display_name(wanted.name);
  if (!name) return refuse(name.error());
  const auto address = records::CanonicalEmail::parse(wanted.email);
  if (!address) return refuse("email_invalid", "email");
  if (!wanted.login_name.empty() &&
      (records::login_key(wanted.login_name).empty() || !is_displayable(wanted.login_name))) {
    return refuse("login_name_invalid", "login_name");
  }
  Account account;
  account.id = AccountId::make(call.now, services_.random);
  account.name = *name;
  account.login_name = wanted.login_name;
  account.created_at = call.now;
  if (wanted.password) {
    const auto password = services_.password_policy.check(
        *wanted.password, flows::password_context(services_, *name, wanted.email, wanted.login_name),
        "password");
    if (!password) return refuse(password.error());
    const auto sealed = services_.passwords.seal_new(*password, account.id);
    if (!sealed) return refuse(sealed.error());
    account.password = *sealed;
    account.password_changed_at = call.now;
    account.must_change_password = wanted.must_change;
  }
  records::Email email{EmailId::make(call.now, services_.random),
                       account.id,
                       address->address(),
                       address->key(),
                       {},
                       true,
                       call.now};
  if (wanted.password) email.verified_at = call.now;

  return services_.database.write([&](Transaction& tx) -> Result<AccountId> {
    Emails emails(tx);
    if (emails.verified(*address) || !emails.insert(email)) {
      tx.abandon();
      return refuse("email_taken", "email", 409);
    }
    if (!Accounts(tx).insert(account)) {
      tx.abandon();
      return refuse("login_name_taken", "login_name", 409);
    }
    flows::audit(tx, call, {"account.create", "ok", account.id, wanted.administrator ? "administrator" : ""});
    if (wanted.administrator) {
      records::Memberships(tx).grant(records::Organizations::site(), account.id, records::administrator_role,
                                     call.now);
    }
    if (!wanted.password) flows::invite(tx, call, account.id, address->address());
    return account.id;
  });
}

Result<AccountDetails> Admin::show(const std::string& who) {
  return services_.database.read([&](Transaction& tx) -> Result<AccountDetails> {
    auto account = find_account(tx, who);
    if (!account) return refuse("no_such_account", {}, 404);
    AccountDetails found = details(tx, std::move(*account), services_.clock.now());
    found.history = records::Audit(tx).about(found.account.id, 20);
    return found;
  });
}

std::vector<AccountDetails> Admin::list(const std::string& after_id, std::uint32_t limit) {
  return services_.database.read([&](Transaction& tx) {
    std::vector<AccountDetails> all;
    for (Account& account : Accounts(tx).list(AccountId(after_id), limit)) {
      all.push_back(details(tx, std::move(account), services_.clock.now()));
    }
    return all;
  });
}

Result<void> Admin::set_status(const std::string& who, Account::Status status) {
  return change(who, [&](Transaction& tx, const flows::Call& call, const Account& account) -> Result<void> {
    const bool disable = status == Account::Status::disabled;
    Accounts(tx).set_status(account.id, status);
    if (disable) {
      records::Sessions(tx).end_all(account.id);
      records::TrustedBrowsers(tx).remove_of(account.id);
      records::Tokens(tx, services_.keys).remove_of(account.id);
    }
    flows::audit(tx, call, {disable ? "account.disable" : "account.enable", "ok", account.id, {}});
    return {};
  });
}

Result<void> Admin::remove(const std::string& who) {
  return change(who, [&](Transaction& tx, const flows::Call& call, const Account& account) -> Result<void> {
    flows::delete_account(tx, call, account.id);
    return {};
  });
}

Result<std::string> Admin::export_text(const std::string& who) {
  const flows::Call call = this->call();
  return services_.database.write([&](Transaction& tx) -> Result<std::string> {
    const auto account = find_account(tx, who);
    if (!account) return refuse("no_such_account", {}, 404);
    flows::audit(tx, call, {"account.export", "ok", account->id, {}});
    return flows::export_text(flows::exported(tx, call, *account));
  });
}

// What an intruder's mailbox got ends with the intruder: whoever runs the site has put the account right.
void Admin::end_ways_back(Transaction& tx, const AccountId& account) {
  records::Tokens tokens(tx, services_.keys);
  for (const auto& token : tokens.of_account(account)) {
    if (token.purpose == records::TokenPurpose::email_undo) tokens.remove(token);
  }
}

Result<void> Admin::set_password(const std::string& who, const std::string& typed, bool must_change) {
  const auto known = show(who);
  if (!known) return refuse(known.error());
  const Account& account = known->account;
  const auto password =
      services_.password_policy.check(typed, flows::password_context(services_, account), "password");
  if (!password) return refuse(password.error());
  const auto sealed = services_.passwords.seal_new(*password, account.id);
  if (!sealed) return refuse(sealed.error());
  return change(
      account.id.str(), [&](Transaction& tx, const flows::Call& call, const Account& found) -> Result<void> {
        flows::set_new_password(tx, call, found.id, *sealed, {"password.set", must_change, {}, true});
        end_ways_back(tx, found.id);
        return {};
      });
}

Result<void> Admin::send_reset(const std::string& who) {
  return change(who, [&](Transaction& tx, const flows::Call& call, const Account& account) -> Result<void> {
    const auto email = Emails(tx).primary_of(account.id);
    if (!email || !email->verified_at) return refuse("no_verified_address", {}, 409);
    const Time expires = call.now + services_.settings.recovery.lifetime;
    const std::string id = make_uuid(call.now, services_.random);
    records::Tokens(tx, services_.keys)
        .issue({id, records::TokenPurpose::recovery, account.id, email->key, {}, {}, expires}, call.now);
    flows::enqueue(tx, call, {"recovery", id, email->key, {}, {}, expires});
    flows::audit(tx, call, {"password.send_reset", "ok", account.id, {}});
    return {};
  });
}

Result<void> Admin::invite(const std::string& who) {
  return change(who, [&](Transaction& tx, const flows::Call& call, const Account& account) -> Result<void> {
    const auto email = Emails(tx).primary_of(account.id);
    if (!email) return refuse("no_verified_address", {}, 409);
    flows::invite(tx, call, account.id, email->address);
    return {};
  });
}

Result<void> Admin::reset_second_factor(const std::string& who) {
  return change(who, [&](Transaction& tx, const flows::Call& call, const Account& account) -> Result<void> {
    if (!flows::remove_second_factor(tx, call, account.id, {"two_factor.reset", "two_factor_off"}))
      return refuse("no_second_factor", {}, 409);
    end_ways_back(tx, account.id);
    return {};
  });
}

mail::Sent Admin::send_test_letter(const std::string& address) {
  const auto& settings = services_.settings;
  const auto email = records::CanonicalEmail::parse(address);
  if (!email) return {mail::Sent::Outcome::refused, "not an e-mail address: " + address};
  mail::Letter letter;
  letter.message_id = "<test-" + make_uuid(services_.clock.now(), services_.random) + "@" +
                      settings.public_host.substr(0, settings.public_host.find(':')) + ">";
  letter.date = services_.clock.now();
  letter.from_name = settings.mail.from_name;
  letter.from_address = settings.mail.from_address;
  letter.to_address = email->address();
  letter.subject = "Doorward: a test letter for " + settings.site.name;
  letter.text = "This letter shows that " + settings.public_url + " can send mail.\n";
  letter.language = "en";
  return engine_.sender().send(letter, std::chrono::seconds(30));
}

std::vector<records::OutboxMessage> Admin::queue(records::OutboxState state, std::uint32_t limit) {
  return services_.database.read(
      [&](Transaction& tx) { return records::OutboxMessages(tx).list(state, limit); });
}

bool Admin::retry(const std::string& outbox_id) {
  const Time now = services_.clock.now();
  return services_.database.write([&](Transaction& tx) {
    return records::OutboxMessages(tx).revive(OutboxId(outbox_id), now, now + std::chrono::hours(24));
  });
}

std::size_t Admin::send_due() { return engine_.send_due(); }

}  // namespace doorward::engine
