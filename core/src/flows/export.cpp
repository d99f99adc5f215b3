#include "flows/export.hpp"

#include "base/iso_time.hpp"
#include "crypto/encoding.hpp"
#include "records/audit_entry.hpp"
#include "records/avatar.hpp"
#include "records/email.hpp"
#include "records/erasure.hpp"
#include "records/factor.hpp"
#include "records/membership.hpp"
#include "records/session.hpp"
#include "records/recovery_code.hpp"
#include "records/trusted_browser.hpp"

namespace doorward::flows {
namespace {

using nlohmann::json;
using records::Account;
using records::Transaction;

constexpr std::chrono::seconds totp_step_length{30};  // as crypto/totp counts them
constexpr int version = 1;  // grows when a member changes its meaning; new ones may come at any time

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
          {"must_change_password", account.must_change_password},
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
  return {{"content_type", avatar->content_type},
          {"changed_at", iso_text(avatar->changed_at)},
          {"base64url", crypto::base64url(avatar->picture)}};
}

// All of an account's recovery codes are made at once.
std::optional<Time> recovery_codes_since(Transaction& tx, const Account& account) {
  const auto codes = records::find_all<records::RecoveryCode>(
      tx, {{"account", records::Test::is, records::Value::of_text(account.id.str())}});
  if (codes.empty()) return std::nullopt;
  return codes.front().created_at;
}

json second_factor_part(Transaction& tx, const Call& call, const Account& account) {
  const auto factor = records::Factors(tx).totp_of(account.id);
  if (!factor) return {};
  const Time last_used{factor->last_step * totp_step_length};
  return {{"kind", "totp"},
          {"since", iso_text(factor->created_at)},
          {"last_code_of", iso_text(last_used)},
          {"wrong_codes", factor->failures},
          {"recovery_codes_left", records::RecoveryCodes(tx).left(account.id)},
          {"recovery_codes_since", moment(recovery_codes_since(tx, account))},
          {"trusted_browsers", records::TrustedBrowsers(tx).count(account.id, call.now)}};
}

json trusted_browsers_part(Transaction& tx, const Account& account) {
  json list = json::array();
  for (const auto& browser : records::find_all<records::TrustedBrowser>(
           tx, {{"account", records::Test::is, records::Value::of_text(account.id.str())}}))
    list.push_back(
        {{"created_at", iso_text(browser.created_at)}, {"expires_at", iso_text(browser.expires_at)}});
  return list;
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

json links_part(const records::Owed& owed) {
  json list = json::array();
  for (const auto& token : owed.tokens)
    list.push_back({{"purpose", records::to_text(token.purpose)},
                    {"recipient", token.recipient},
                    {"created_at", iso_text(token.created_at)},
                    {"expires_at", iso_text(token.expires_at)}});
  return list;
}

json letters_part(const records::Owed& owed) {
  json list = json::array();
  for (const auto& letter : owed.letters)
    list.push_back({{"kind", letter.kind},
                    {"recipient", text(letter.recipient)},
                    {"language", text(letter.locale)},
                    {"created_at", iso_text(letter.created_at)},
                    {"expires_at", iso_text(letter.expires_at)}});
  return list;
}

// Who else has done something to the account is somebody of their own, and so is where they did it from.
json activity_part(const std::vector<records::AuditEntry>& entries, const Account& account) {
  json list = json::array();
  for (const auto& entry : entries) {
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
  document["trusted_browsers"] = trusted_browsers_part(tx, account);
  document["emails"] = emails_part(tx, account);
  document["sessions"] = sessions_part(tx, account);
  document["roles"] = roles_part(tx, account);
  const records::Owed owed = records::owed_to(tx, account.id);
  document["links"] = links_part(owed);
  document["letters"] = letters_part(owed);
  auto entries = records::Audit(tx).about(account.id, most_exported_records + 1);
  document["activity_complete"] = entries.size() <= most_exported_records;
  if (entries.size() > most_exported_records) entries.pop_back();
  document["activity"] = activity_part(entries, account);
  return document;
}

std::string export_text(const json& document) {
  return document.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

std::vector<Route> export_routes() { return {{"/export", Access::fresh, get, post}}; }

}  // namespace doorward::flows
