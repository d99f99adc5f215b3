#include "flows/export.hpp"

#include "base/iso_time.hpp"
#include "crypto/encoding.hpp"
#include "records/audit_entry.hpp"
#include "records/avatar.hpp"
#include "records/email.hpp"
#include "records/factor.hpp"
#include "records/membership.hpp"
#include "records/outbox_message.hpp"
#include "records/session.hpp"
#include "records/recovery_code.hpp"
#include "records/token.hpp"
#include "records/trusted_browser.hpp"

namespace doorward::flows {
namespace {

using nlohmann::json;
using records::Account;
using records::Transaction;

constexpr int version = 1;  // grows when a member changes its meaning; new ones may come at any time
constexpr std::uint32_t most_records = 10'000;  // some megabytes

json moment(const std::optional<Time>& at) { return at ? json(iso_text(*at)) : json(); }
json text(const std::string& value) { return value.empty() ? json() : json(value); }

json account_part(const Account& account) {
  return {{"id", account.id.str()},
          {"name", account.name},
          {"login_name", text(account.login_name)},
          {"active", account.active()},
          {"created_at", iso_text(account.created_at)},
          {"password_set", !account.password.empty()},
          {"password_changed_at", moment(account.password_changed_at)},
          {"phone", text(account.phone)}};
}

json preferences_part(const Account& account) {
  return {{"language", text(account.locale)}, {"time_zone", text(account.time_zone)},
          {"clock", text(account.clock)},     {"mac_format", text(account.mac_format)},
          {"theme", text(account.theme)},     {"notifications", text(account.notifications)}};
}

json picture_part(Transaction& tx, const Account& account) {
  const auto avatar = records::Avatars(tx).of_account(account.id);
  if (!avatar) return {};
  return {{"content_type", avatar->content_type}, {"base64url", crypto::base64url(avatar->picture)}};
}

json second_factor_part(Transaction& tx, const Call& call, const Account& account) {
  const auto factor = records::Factors(tx).totp_of(account.id);
  if (!factor) return {};
  return {{"kind", "totp"},
          {"since", iso_text(factor->created_at)},
          {"recovery_codes_left", records::RecoveryCodes(tx).left(account.id)},
          {"trusted_browsers", records::TrustedBrowsers(tx).count(account.id, call.now)}};
}

json emails_part(Transaction& tx, const Account& account) {
  json list = json::array();
  for (const auto& email : records::Emails(tx).of_account(account.id))
    list.push_back({{"address", email.address},
                    {"primary", email.primary},
                    {"created_at", iso_text(email.created_at)},
                    {"verified_at", moment(email.verified_at)}});
  return list;
}

json sessions_part(Transaction& tx, const Account& account) {
  json list = json::array();
  for (const auto& session : records::Sessions(tx).of_account(account.id))
    list.push_back({{"id", session.id.str()},
                    {"browser", session.browser},
                    {"address", session.address},
                    {"methods", session.methods},
                    {"backup_login", session.backup},
                    {"created_at", iso_text(session.created_at)},
                    {"authenticated_at", iso_text(session.authenticated_at)},
                    {"last_seen_at", iso_text(session.last_seen_at)},
                    {"expires_at", iso_text(session.ends_at())}});
  return list;
}

json roles_part(Transaction& tx, const Account& account) {
  json list = json::array();
  for (const auto& membership : records::Memberships(tx).of_account(account.id))
    list.push_back({{"organization", membership.organization.str()},
                    {"role", membership.role},
                    {"since", iso_text(membership.created_at)}});
  return list;
}

json links_part(Transaction& tx, const Call& call, const Account& account) {
  json list = json::array();
  for (const auto& token : records::Tokens(tx, call.services.keys).of_account(account.id))
    list.push_back({{"purpose", records::to_text(token.purpose)},
                    {"recipient", token.recipient},
                    {"created_at", iso_text(token.created_at)},
                    {"expires_at", iso_text(token.expires_at)}});
  return list;
}

json letters_part(Transaction& tx, const Call& call, const Account& account) {
  json list = json::array();
  const auto add = [&](const std::string& subject) {
    for (const auto& letter : records::OutboxMessages(tx).about(subject))
      list.push_back({{"kind", letter.kind},
                      {"recipient", text(letter.recipient)},
                      {"created_at", iso_text(letter.created_at)}});
  };
  add(account.id.str());
  for (const auto& token : records::Tokens(tx, call.services.keys).of_account(account.id)) add(token.id);
  return list;
}

// Who else has done something to the account is somebody of their own, and so is where they did it from.
json activity_part(Transaction& tx, const Account& account) {
  json list = json::array();
  for (const auto& entry : records::Audit(tx).about(account.id, most_records)) {
    const bool own = entry.actor == account.id.str();
    const bool others = !own && !entry.actor.empty();
    list.push_back({{"at", iso_text(entry.at)},
                    {"action", entry.action},
                    {"outcome", entry.outcome},
                    {"by", own      ? "you"
                           : others ? "administration"
                                    : "unknown"},
                    {"address", others ? json() : text(entry.address)},
                    {"details", text(entry.details)}});
  }
  return list;
}

Outcome get(Call&) { return show("export"); }

std::string file_name(const Call& call) {
  return "doorward-export-" + iso_text(call.now).substr(0, std::string_view("2026-11-21").size()) + ".json";
}

Outcome post(Call& call) {
  const Services& services = call.services;
  const AccountId& id = call.person().account.id;
  if (const auto allowed = services.throttle.attempt_export(id.str(), call.now); !allowed) {
    call.refused = {"account.export", allowed.error().code, id, {}};
    return show("export").with(allowed.error());
  }
  // First, so that it is in what it records.
  services.database.write([&](Transaction& tx) { audit(tx, call, {"account.export", "ok", id, {}}); });
  const json document = services.database.read([&](Transaction& tx) {
    const auto account = records::Accounts(tx).by_id(id);
    return account ? exported(tx, call, *account) : json();
  });
  if (document.is_null()) return fail("not_found", 404);  // deleted meanwhile
  return give({"application/json", export_text(document), file_name(call), {}});
}

}  // namespace

json exported(Transaction& tx, const Call& call, const Account& account) {
  const settings::Settings& settings = call.services.settings;
  json document = {{"format", "doorward-export"},
                   {"version", version},
                   {"exported_at", iso_text(call.now)},
                   {"site", {{"name", settings.site.name}, {"url", settings.public_url}}}};
  document["account"] = account_part(account);
  document["preferences"] = preferences_part(account);
  document["picture"] = picture_part(tx, account);
  document["second_factor"] = second_factor_part(tx, call, account);
  document["emails"] = emails_part(tx, account);
  document["sessions"] = sessions_part(tx, account);
  document["roles"] = roles_part(tx, account);
  document["links"] = links_part(tx, call, account);
  document["letters"] = letters_part(tx, call, account);
  document["activity"] = activity_part(tx, account);
  document["activity_complete"] = document["activity"].size() < most_records;
  return document;
}

std::string export_text(const json& document) {
  return document.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

std::vector<Route> export_routes() { return {{"/export", Access::fresh, get, post}}; }

}  // namespace doorward::flows
