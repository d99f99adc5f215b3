#include "flows/two_factor.hpp"

#include <algorithm>

#include "crypto/totp.hpp"
#include "flows/factor_change.hpp"
#include "flows/renewal.hpp"
#include "http/accept.hpp"
#include "pages/qr_code.hpp"
#include "records/factor.hpp"
#include "records/recovery_code.hpp"
#include "records/trusted_browser.hpp"
#include "signin/second_factors.hpp"

namespace doorward::flows {
namespace {

using records::Token;
using records::TokenPurpose;
using records::Tokens;
using records::Transaction;

constexpr std::chrono::minutes enrolment_lifetime{30};  // somebody may have to install the application first
constexpr const char* path = "/two-factor";
constexpr const char* verify_path = "/two-factor/verify";

using Codes = std::array<std::string, records::RecoveryCode::how_many>;

std::string context(std::string_view token_id) { return "token|" + std::string(token_id) + "|factor"; }

// What waits to be verified, of this person in this browser.
std::optional<Token> enrolment(Transaction& tx, const Call& call) {
  return Tokens(tx, call.services.keys)
      .look_bound(TokenPurpose::factor_enrolment, call.visitor.binding, call.now, call.person().account.id);
}

// Names the recovery codes that there are, for the form that makes others; empty where none is left.
std::string codes_made(Transaction& tx, const AccountId& account) {
  const auto made = records::RecoveryCodes(tx).made_at(account);
  return made ? std::to_string(to_microseconds(*made)) : std::string();
}

// The form was sent again, as by a reload, and those whom it told of the codes may have put them away. A program may leave the
// field out.
bool are_made_already(Transaction& tx, const Call& call) {
  const std::string made = codes_made(tx, call.person().account.id);
  return call.fields.has("codes_made") && !made.empty() && call.fields["codes_made"] != made;
}

Outcome page(const Call& call) {
  return call.services.database.read([&](Transaction& tx) {
    const AccountId& account = call.person().account.id;
    const auto factor = records::Factors(tx).totp_of(account);
    nlohmann::json model = {{"verify", call.services.path(verify_path)}};
    const bool pending = !factor && enrolment(tx, call);
    const bool saves = (call.brought_back || !call.request.is_safe()) && call.fields["change"] == "save";
    model["on"] = factor.has_value();
    model["pending"] = pending;
    const bool enabled = saves ? call.fields.flag("enabled") : factor || pending;
    model["form"] = {{"enabled", enabled ? "yes" : ""}};
    if (factor) {
      const auto left = records::RecoveryCodes(tx).left(account);
      const auto trusted = records::TrustedBrowsers(tx).count(account, call.now);
      model["since"] = to_microseconds(factor->created_at);
      model["codes_left"] = left;
      model["codes_made"] = codes_made(tx, account);
      model["few_codes"] = left <= 3;
      model["no_codes"] = left == 0;
      if (trusted > 0) model["trusted"] = trusted;
    }
    return show("two_factor", std::move(model));
  });
}

Outcome get(Call& call) { return page(call); }

// The session goes on under a new token (T037), by what it was begun with and what was given just now.
Proved renewed(const Call& call, const std::optional<signin::FactorProof>& proof) {
  const signin::Recognized& person = call.person();
  auto evidence = signin::Evidence::of_session(person.session, person.account);
  if (proof) evidence = evidence.with(*proof);
  signin::Way way;
  way.backup = person.session.backup;
  return {evidence, way, {}, "session.renew", {}, {}};
}

// "Northwind\nada@example.org\n2027-05-04\n\n1-...": what is saved as a file.
std::string as_file(const Call& call, const Codes& codes) {
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(call.now));
  const auto two = [](unsigned number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  std::string text = call.services.settings.site.name + "\n" + call.person().email + "\n" +
                     std::to_string(static_cast<int>(day.year())) + "-" +
                     two(static_cast<unsigned>(day.month())) + "-" + two(static_cast<unsigned>(day.day())) +
                     "\n\n";
  for (const std::string& code : codes) text += code + "\n";
  return text;
}

// Shown in the answer to what made them, and never again.
Proved told(Proved proved, const Call& call, const Codes& codes, bool first) {
  proved.page = "recovery_codes";
  nlohmann::json list = nlohmann::json::array();
  for (const std::string& code : codes) list.push_back({{"code", code}});
  proved.model = {{"codes", std::move(list)},
                  {"first", first},
                  {"made", to_microseconds(call.now)},
                  {"file", "data:text/plain;charset=utf-8," + http::query_escape(as_file(call, codes))}};
  return proved;
}

// Saved, and not in force before the application has shown that it works: no factor yet, so nobody is asked for it.
void begin_enrolment(Transaction& tx, const Call& call) {
  const Services& services = call.services;
  const AccountId& account = call.person().account.id;
  Tokens tokens(tx, services.keys);
  tokens.remove_for(TokenPurpose::factor_enrolment, account.str());
  const std::string id = make_uuid(call.now, services.random);
  tokens.issue({id, TokenPurpose::factor_enrolment, account, account.str(), call.visitor.binding,
                services.keys.seal(crypto::make_totp_secret(services.random), context(id), services.random),
                call.now + enrolment_lifetime},
               call.now);
  audit(tx, call, {"two_factor.begin", "ok", account, {}});
}

Outcome turn_on(Call& call) {
  bool begun = false;
  const bool written = write_signed_in(call, [&](Transaction& tx) {
    begun = !records::Factors(tx).has_any(call.person().account.id);
    if (begun && !enrolment(tx, call)) begin_enrolment(tx, call);
  });
  if (!written) return fail("unauthenticated", 401);
  return go_to(call.services.path(path), begun ? "two_factor_saved" : "");
}

Outcome turn_off(Call& call) {
  const AccountId& account = call.person().account.id;
  bool was_on = false;
  const bool written = write_signed_in(call, [&](Transaction& tx) {
    Tokens(tx, call.services.keys).remove_for(TokenPurpose::factor_enrolment, account.str());
    was_on = remove_second_factor(tx, call, account,
                                  {"two_factor.off", "two_factor_off", call.person().session.id});
  });
  if (!written) return fail("unauthenticated", 401);
  if (!was_on) return go_to(call.services.path(path));
  Outcome outcome = page(call);
  outcome.proved = renewed(call, std::nullopt);
  outcome.proved->onward = call.services.path(path);
  outcome.proved->notice = "two_factor_off";
  return outcome;
}

Outcome new_codes(Call& call) {
  const AccountId& account = call.person().account.id;
  call.refused = {"recovery_codes.new", {}, account, {}};
  bool again = false;
  std::optional<Codes> codes;
  const bool written = write_signed_in(call, [&](Transaction& tx) {
    codes.reset();
    again = are_made_already(tx, call);
    if (again || !records::Factors(tx).has_any(account)) return;
    codes = records::RecoveryCodes(tx).replace(account, call.now, call.services.random);
    tell_factor_change(tx, call, account,
                       {"recovery_codes.new", "recovery_codes_new", call.person().session.id});
  });
  if (!written) return fail("unauthenticated", 401);
  if (again) return page(call).with(Refusal{"codes_made", {}, {}, 409, {}});
  if (!codes) return go_to(call.services.path(path));
  Outcome outcome = page(call);
  outcome.proved = told(renewed(call, std::nullopt), call, *codes, false);
  return outcome;
}

Outcome forget_browsers(Call& call) {
  const AccountId& account = call.person().account.id;
  const bool written = write_signed_in(call, [&](Transaction& tx) {
    const auto forgotten = records::TrustedBrowsers(tx).remove_of(account);
    if (forgotten > 0)
      audit(tx, call, {"two_factor.forget_browsers", "ok", account, std::to_string(forgotten)});
  });
  if (!written) return fail("unauthenticated", 401);
  return go_to(call.services.path(path), "browsers_forgotten");
}

// A form leaves a box out that isn't ticked. A program that says nothing of it, or by another name, has not said "off".
bool is_complete(const Call& call) {
  if (!call.fields.are_among({"change", "enabled", "codes_made"})) return false;
  const bool is_form = http::body_kind(call.request) == http::BodyKind::form;
  return is_form || call.fields["change"] != "save" || call.fields.has("enabled");
}

// What is to be done is named: a box that isn't ticked sends nothing, and nothing must not turn anything off.
Outcome post(Call& call) {
  const std::string_view change = call.fields["change"];
  if (!is_complete(call)) return page(call).with(Refusal{"bad_request", {}, {}, 400, {}});
  const auto allowed = call.services.throttle.attempt_change(call.person().account.id.str(), call.now);
  if (!allowed) return page(call).with(allowed.error());
  if (change == "save") {
    if (!call.fields.is_flag("enabled"))
      return page(call).with(Refusal{"field_invalid", "enabled", {}, 422, {}});
    return call.fields.flag("enabled") ? turn_on(call) : turn_off(call);
  }
  if (change == "codes") return new_codes(call);
  if (change == "forget") return forget_browsers(call);
  return page(call).with(Refusal{"bad_request", {}, {}, 400, {}});
}

// What an application shows of a long name is no more than its beginning.
std::string shortened(const std::string& name) {
  std::size_t size = std::min<std::size_t>(name.size(), 40);
  while (size < name.size() && (static_cast<unsigned char>(name[size]) & 0xc0U) == 0x80) --size;
  return name.substr(0, size);
}

// Key URI format: what applications read from the picture. It may name the issuer twice; where names are long, once, so that
// the picture keeps modules that a camera can tell apart.
std::string key_uri(const Call& call, const std::string& secret) {
  const std::string issuer = http::query_escape(shortened(call.services.settings.site.name));
  const std::string account = http::query_escape(call.person().email);
  const bool is_long = 2 * issuer.size() + account.size() > 120;
  return "otpauth://totp/" + (is_long ? "" : issuer + ":") + account + "?secret=" + secret +
         "&issuer=" + issuer;
}

std::string in_groups(const std::string& secret) {
  std::string grouped;
  for (std::size_t at = 0; at < secret.size(); at += 4)
    grouped += (at == 0 ? "" : " ") + secret.substr(at, 4);
  return grouped;
}

Outcome verify_page(const Call& call, const Token& token) {
  const std::string secret = crypto::base32(enrolled_secret(call.services.keys, token));
  const std::string uri = key_uri(call, secret);
  const pages::QrCode code = pages::qr_code(uri);
  return show("two_factor_verify", {{"secret", in_groups(secret)},
                                    {"uri", uri},
                                    {"qr_path", code.path},
                                    {"qr_size", code.size},
                                    {"back", call.services.path(path)}});
}

Outcome get_verify(Call& call) {
  const auto token = call.services.database.read([&](Transaction& tx) { return enrolment(tx, call); });
  return token ? verify_page(call, *token) : go_to(call.services.path(path));
}

struct Enrolled {
  signin::FactorProof proof;
  Codes codes;
};

Result<Enrolled> enrol(Transaction& tx, Call& call) {
  const Services& services = call.services;
  const AccountId& account = call.person().account.id;
  const auto token = enrolment(tx, call);
  if (!is_still_signed_in(tx, call)) return refuse("unauthenticated", {}, 401);
  if (!token) return refuse("enrolment_expired", {}, 409);
  auto proof = signin::SecondFactors(tx, services.keys, services.settings.two_factor)
                   .enrol(account, enrolled_secret(services.keys, *token), call.fields["code"], call.now,
                          services.random);
  if (!proof) return refuse(proof.error());
  Tokens(tx, services.keys).remove_for(TokenPurpose::factor_enrolment, account.str());
  Enrolled enrolled{std::move(*proof),
                    records::RecoveryCodes(tx).replace(account, call.now, services.random)};
  tell_factor_change(tx, call, account, {"two_factor.on", "two_factor_on", call.person().session.id});
  return enrolled;
}

Outcome post_verify(Call& call) {
  const auto token = call.services.database.read([&](Transaction& tx) { return enrolment(tx, call); });
  call.refused = {"two_factor.on", {}, call.person().account.id, {}};
  if (!token) {  // a reload of the page with the codes, too, comes here
    const char* why = call.person().has_second_factor ? "codes_made" : "enrolment_expired";
    return page(call).with(Refusal{why, {}, {}, 409, {}});
  }
  Outcome outcome = verify_page(call, *token);
  if (call.fields["code"].empty()) return outcome.with(Refusal{"required", "code", {}, 422, {}});
  const auto enrolled = call.services.database.write([&](Transaction& tx) {
    auto result = enrol(tx, call);
    if (!result) tx.abandon();
    return result;
  });
  if (!enrolled) return outcome.with(enrolled.error());
  outcome = page(call);
  outcome.proved = told(renewed(call, enrolled->proof), call, enrolled->codes, true);
  return outcome;
}

}  // namespace

std::string enrolled_secret(const crypto::KeyRing& keys, const Token& token) {
  return keys.open_sealed(token.payload, context(token.id));
}

std::vector<Route> two_factor_routes() {
  Route two_factor{path, Access::fresh, get, post};
  two_factor.carried = {"change", "enabled"};
  return {two_factor, {verify_path, Access::fresh, get_verify, post_verify}};
}

Letters two_factor_letters(const Services& services) {
  Letters letters;
  for (const char* letter : {"two_factor_on", "two_factor_off", "recovery_codes_new"})
    letters[letter] = notice_composer(services, letter);
  return letters;
}

}  // namespace doorward::flows
