#include "flows/deletion.hpp"

#include <algorithm>
#include <map>

#include "flows/credentials.hpp"
#include "flows/given_factor.hpp"
#include "flows/token_address.hpp"
#include "records/email.hpp"
#include "records/erasure.hpp"
#include "records/factor.hpp"
#include "records/membership.hpp"
#include "records/organization.hpp"
#include "records/token.hpp"
#include "records/trusted_browser.hpp"

namespace doorward::flows {
namespace {

constexpr std::chrono::hours letter_lifetime{24};

std::int64_t retention_days(const Services& services) {
  return std::chrono::ceil<std::chrono::days>(services.settings.audit.retention).count();
}

// Is it the only one that can administer the site? Who is disabled, or hasn't answered an invitation, can't.
bool is_only_administrator(records::Transaction& tx, const AccountId& account) {
  records::Memberships memberships(tx);
  if (!memberships.is_site_administrator(account)) return false;
  const auto all = memberships.holders(records::Organizations::site(), records::administrator_role);
  return std::none_of(all.begin(), all.end(), [&](const records::Membership& membership) {
    if (membership.account == account) return false;
    const auto other = records::Accounts(tx).by_id(membership.account);
    const auto email = records::Emails(tx).primary_of(membership.account);
    return other && other->active() && email && email->verified_at;
  });
}

Outcome page(Call& call) {
  const bool only = call.services.database.read(
      [&](records::Transaction& tx) { return is_only_administrator(tx, call.person().account.id); });
  return show("deletion", {{"email", call.person().email},
                           {"days", retention_days(call.services)},
                           {"only_administrator", only},
                           {"second_factor", call.person().has_second_factor},
                           {"form", {{"confirm", call.fields.flag("confirm") ? "yes" : ""}}}});
}

Outcome get(Call& call) { return page(call); }

Result<void> delete_own(Call& call, const signin::Evidence& evidence) {
  const AccountId& id = call.person().account.id;
  return call.services.database.write([&](records::Transaction& tx) -> Result<void> {
    const auto account = records::Accounts(tx).by_id(id);
    if (!account || !account->active() || !evidence.holds_for(*account))
      return refuse("wrong_password", "password");  // changed meanwhile
    if (records::Factors(tx).has_any(id) && !evidence.settles_second_factor())
      return refuse("required", "code");  // turned on meanwhile
    if (is_only_administrator(tx, id)) return refuse("only_administrator", {}, 409);
    delete_account(tx, call, id);
    return {};
  });
}

// Others who share the browser stay known to it, and trusted in it.
Outcome signed_out(const Call& call, Outcome outcome) {
  const Services& services = call.services;
  const http::CookieNames& cookies = services.cookies;
  for (const std::string* name : {&cookies.session, &cookies.step, &cookies.link})
    outcome.with(http::Cookie{*name, "", std::chrono::seconds(0)});
  const auto leave = [&](const std::string& name, std::string value, std::chrono::seconds lifetime) {
    outcome.with(http::Cookie{name, value, value.empty() ? std::chrono::seconds(0) : lifetime});
  };
  leave(cookies.device,
        services.browsers.device_without(call.visitor.device, call.person().account, call.now),
        signin::Browsers::device_lifetime);
  const std::string_view trust = http::find_cookie(call.request, cookies.trust).value_or("");
  leave(cookies.trust, services.database.read([&](records::Transaction& tx) {
    return records::TrustedBrowsers(tx).good_of(trust, call.now);
  }),
        records::TrustedBrowser::lifetime);
  return outcome;
}

// Whoever has to come back for the box shall not have to come back for a field as well.
Outcome with_all_that_is_missing(Outcome outcome, const Call& call) {
  outcome.with(Refusal{"deletion_unconfirmed", "confirm", {}, 422, {}});
  if (call.fields["password"].empty()) outcome.with(Refusal{"required", "password", {}, 422, {}});
  if (call.person().has_second_factor && call.fields["code"].empty() && call.fields["recovery_code"].empty())
    outcome.with(Refusal{"required", "code", {}, 422, {}});
  return outcome;
}

Outcome post(Call& call) {
  Outcome outcome = page(call);
  if (!call.fields.flag("confirm")) return with_all_that_is_missing(std::move(outcome), call);
  Checked checked = check_own_password(call, "password");
  if (checked.refusal) {
    audit_failure(call, "account.delete", checked, *checked.refusal);
    return outcome.with(*checked.refusal);
  }
  call.services.throttle.password_was_right(checked.tried, call.now);
  const auto evidence = with_second_factor(call, *checked.evidence);
  if (!evidence) return outcome.with(evidence.error());
  if (const auto deleted = delete_own(call, *evidence); !deleted) {
    call.refused = {"account.delete", deleted.error().code, call.person().account.id, {}};
    return outcome.with(deleted.error());
  }
  return signed_out(call, go_to(call.services.path("/deletion/done")));
}

// Nobody is known here any more. Who is signed in has come by a link or a bookmark, and has lost nothing.
Outcome get_done(Call& call) {
  if (call.visitor.person) return go_to(call.services.path("/"));
  return show("deletion_done", {{"days", retention_days(call.services)}});
}

// There is no account to be asked by now: what the letter needs came with it.
std::optional<mail::Composed> compose(const Services& services, const records::OutboxMessage& message) {
  nlohmann::json model = letter_model(services);
  const auto payload = nlohmann::json::parse(message.payload);
  model["time"] = payload.at("at");
  model["address"] = payload.at("address");
  model["days"] = retention_days(services);
  return mail::Composed{"account_deleted", {}, message.recipient, message.locale, std::move(model)};
}

// None: it was altered, which keeps nobody from deleting an account.
std::optional<records::CanonicalEmail> undone_to(const crypto::KeyRing& keys, const records::Token& token) {
  try {
    return records::CanonicalEmail::parse(open_address(keys, token).address);
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

// Who has deleted it may have made an address of their own the primary one first. So all are told that were confirmed, and
// those that could have been taken back to by a link, unless somebody else's account has them by now.
std::map<std::string, std::string> addresses_to_tell(records::Transaction& tx, const Call& call,
                                                     const AccountId& id) {
  std::map<std::string, std::string> addresses;
  for (const records::Email& email : records::Emails(tx).of_account(id)) {
    const bool can_be_told = email.verified_at && records::CanonicalEmail::parse(email.address);
    if (can_be_told) addresses.emplace(email.key, email.address);
  }
  const crypto::KeyRing& keys = call.services.keys;
  for (const records::Token& token : records::Tokens(tx, keys).of_account(id)) {
    if (token.purpose != records::TokenPurpose::email_undo || token.expires_at <= call.now) continue;
    const auto email = undone_to(keys, token);
    if (email && !records::Emails(tx).verified(*email)) addresses.emplace(email->key(), email->address());
  }
  return addresses;
}

}  // namespace

void delete_account(records::Transaction& tx, const Call& call, const AccountId& id) {
  const auto account = records::Accounts(tx).by_id(id);
  const auto addresses = addresses_to_tell(tx, call, id);
  records::erase_account(tx, id);
  for (const auto& [key, address] : addresses) {
    if (!account) break;
    enqueue(
        tx, call,
        {"account_deleted", {}, address, happened(call).dump(), account->locale, call.now + letter_lifetime});
  }
  audit(tx, call, {"account.delete", "ok", id, {}});
}

std::vector<Route> deletion_routes() {
  return {{"/deletion", Access::fresh, get, post}, {"/deletion/done", Access::anyone, get_done}};
}

Letters deletion_letters(const Services& services) {
  return {{"account_deleted", [&services](records::Transaction&, const records::OutboxMessage& message) {
             return compose(services, message);
           }}};
}

}  // namespace doorward::flows
