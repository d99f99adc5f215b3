#include "flows/signup.hpp"

#include "flows/display_name.hpp"
#include "flows/new_password.hpp"
#include "flows/pending_signup.hpp"
#include "records/email.hpp"

namespace doorward::flows {
namespace {

nlohmann::json model(const Call& call) {
  return {{"form", {{"name", call.fields["name"]}, {"email", call.fields["email"]}}},
          {"password_min", call.services.settings.password.min_length}};
}

Outcome get(Call& call) {
  if (!call.services.settings.signup.enabled) return fail("not_found", 404);
  if (call.visitor.person) return go_to(call.services.path("/"));
  return show("signup", model(call));
}

// The same for every address: a letter is owed, and who gets which is found out when it is sent.
void remember(Call& call, const records::CanonicalEmail& email, const PendingSignup& pending) {
  const Services& services = call.services;
  const Time expires = call.now + services.settings.signup.confirmation_lifetime;
  const std::string id = make_uuid(call.now, services.random);
  const std::string payload = seal(services, id, pending);
  services.database.write([&](records::Transaction& tx) {
    records::Tokens tokens(tx, services.keys);
    tokens.remove_for(records::TokenPurpose::signup, email.key());
    tokens.issue({id, records::TokenPurpose::signup, {}, email.key(), call.visitor.binding, payload, expires},
                 call.now);
    enqueue(tx, call, {"signup", id, email.key(), {}, {}, expires});
    audit(tx, call, {"signup", "ok", {}, {}});
  });
}

Outcome post(Call& call) {
  const Services& services = call.services;
  if (!services.settings.signup.enabled) return fail("not_found", 404);
  Outcome outcome = show("signup", model(call));
  if (const auto allowed = services.throttle.attempt_judging(call.request.client_address, call.now); !allowed)
    return outcome.with(allowed.error());
  const auto name = check_display_name(call.fields["name"]);
  const auto email = records::CanonicalEmail::parse(call.fields["email"]);
  const auto password = services.password_policy.check(
      call.fields["password"],
      password_context(services, std::string(call.fields["name"]), std::string(call.fields["email"])),
      "password");
  if (!name) outcome.with(name.error());
  if (!email)
    outcome.with(Refusal{call.fields["email"].empty() ? "required" : "email_invalid", "email", {}, 422, {}});
  if (!password) outcome.with(password.error());
  if (!outcome.refusals.empty()) return outcome;

  if (const auto allowed =
          services.throttle.attempt_letter(email->key(), call.request.client_address, call.now);
      !allowed) {
    return outcome.with(allowed.error());
  }
  PendingSignup pending;
  pending.account = AccountId::make(call.now, services.random);
  const auto sealed = services.passwords.seal_new(*password, pending.account);
  if (!sealed) return outcome.with(sealed.error());
  pending.name = *name;
  pending.email = email->address();
  pending.password = *sealed;
  pending.locale = call.visitor.locale;
  if (call.return_to) pending.return_to = call.return_to->str();
  remember(call, *email, pending);
  return go_to(services.path("/verify-email/check"));
}

std::optional<mail::Composed> compose(const Services& services, records::Transaction& tx,
                                      const records::OutboxMessage& message) {
  records::Tokens tokens(tx, services.keys);
  const auto token = tokens.by_id(message.subject);
  if (!token) return std::nullopt;
  nlohmann::json model = letter_model(services);
  const auto email = records::CanonicalEmail::parse(message.recipient);
  if (!email) return std::nullopt;
  if (const auto owned = records::Emails(tx).verified(*email)) {
    const auto account = records::Accounts(tx).by_id(owned->account);
    if (!account) return std::nullopt;
    model["name"] = account->name;
    return mail::Composed{"signup_known", account->name, owned->address, message.locale, std::move(model)};
  }
  const PendingSignup pending = open_pending(services.keys, *token);
  model["link"] = services.link("/verify-email?token=") + tokens.secret(*token);
  model["code"] = tokens.code(*token);
  model["hours"] =
      std::chrono::duration_cast<std::chrono::hours>(services.settings.signup.confirmation_lifetime).count();
  return mail::Composed{"signup_confirm", {}, pending.email, message.locale, std::move(model)};
}

}  // namespace

std::vector<Route> signup_routes() { return {{"/signup", Access::anyone, get, post}}; }

Letters signup_letters(const Services& services) {
  return {{"signup", [&services](records::Transaction& tx, const records::OutboxMessage& message) {
             return compose(services, tx, message);
           }}};
}

}  // namespace doorward::flows
