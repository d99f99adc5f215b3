#include "flows/backup_login.hpp"

#include "flows/credentials.hpp"
#include "http/limiter.hpp"
#include "records/account.hpp"
#include "records/email.hpp"
#include "records/membership.hpp"
#include "records/organization.hpp"

namespace doorward::flows {
namespace {

bool is_allowed_from(const Call& call) {
  const auto& allowed = call.services.settings.backup_login.allowed_addresses;
  if (allowed.empty()) return true;
  for (const std::string& block : allowed) {
    if (http::address_in(call.request.client_address, block)) return true;
  }
  return false;
}

nlohmann::json typed(const Call& call) { return {{"form", {{"identifier", call.fields["identifier"]}}}}; }

Outcome get(Call& call) {
  if (!is_allowed_from(call)) return fail("not_found", 404);
  return show("backup_login", typed(call));
}

bool is_administrator(const Call& call, const AccountId& who) {
  return call.services.database.read(
      [&](records::Transaction& tx) { return records::Memberships(tx).is_site_administrator(who); });
}

// Told to every administrator, whoever tried it with the right password; but nobody else can fill their mailboxes by it.
void tell_administrators(Call& call, const AccountId& who) {
  if (!is_administrator(call, who) && !call.services.throttle.may_tell_of_outsider(who.str(), call.now))
    return;
  call.services.database.write([&](records::Transaction& tx) {
    nlohmann::json payload = happened(call);
    payload["who"] = who.str();
    for (const auto& membership :
         records::Memberships(tx).holders(records::Organizations::site(), records::administrator_role)) {
      const auto administrator = records::Accounts(tx).by_id(membership.account);
      if (!administrator || !administrator->active()) continue;
      enqueue(tx, call,
              {"backup_login_used",
               membership.account.str(),
               {},
               payload.dump(),
               {},
               call.now + std::chrono::hours(24)});
    }
  });
}

Outcome post(Call& call) {
  if (!is_allowed_from(call)) return fail("not_found", 404);
  Outcome outcome = show("backup_login", typed(call));
  Checked checked = check_credentials(call);
  if (checked.refusal) {
    audit_failure(call, "backup_login", checked, *checked.refusal);
    return outcome.with(*checked.refusal);
  }
  tell_administrators(call, checked.account);
  signin::Way way;
  way.backup = true;
  outcome.proved = Proved{*checked.evidence, way, checked.tried, "backup_login", checked.rehashed, {}};
  return outcome;
}

std::optional<mail::Composed> compose(const Services& services, records::Transaction& tx,
                                      const records::OutboxMessage& message) {
  auto composed = notice_composer(services, "backup_login_used")(tx, message);
  if (!composed) return composed;
  const AccountId who(nlohmann::json::parse(message.payload).at("who").get<std::string>());
  // By the address, which is proved, not by the name, which anybody may choose: this is a letter to administrators.
  const auto email = records::Emails(tx).primary_of(who);
  composed->model["who"] = email ? email->address : who.str();
  return composed;
}

}  // namespace

std::vector<Route> backup_login_routes() { return {{backup_login_page, Access::anyone, get, post, true}}; }

Letters backup_login_letters(const Services& services) {
  return {{"backup_login_used", [&services](records::Transaction& tx, const records::OutboxMessage& message) {
             return compose(services, tx, message);
           }}};
}

}  // namespace doorward::flows
