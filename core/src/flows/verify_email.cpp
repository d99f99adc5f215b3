#include "flows/verify_email.hpp"

#include "flows/pending_signup.hpp"
#include "flows/step_link.hpp"
#include "records/email.hpp"

namespace doorward::flows {
namespace {

using records::Token;
using records::TokenPurpose;
using records::Tokens;

Outcome link_invalid(const Call& call) { return flows::link_invalid(call, "signup"); }

// The token is used up and the account made in one transaction. None: somebody was first, or the address has an owner by now.
std::optional<Token> create_account(Call& call, std::string_view secret) {
  const Services& services = call.services;
  return services.database.write([&](records::Transaction& tx) -> std::optional<Token> {
    auto token = Tokens(tx, services.keys).take(TokenPurpose::signup, secret, call.visitor.binding, call.now);
    if (!token) return std::nullopt;
    const PendingSignup pending = open_pending(services.keys, *token);
    records::Account account;
    account.id = pending.account;
    account.name = pending.name;
    account.password = pending.password;
    account.password_changed_at = account.created_at = call.now;
    account.locale = pending.locale;
    records::Email email;
    email.id = EmailId::make(call.now, services.random);
    email.account = account.id;
    email.address = pending.email;
    email.key = token->recipient;
    email.verified_at = email.created_at = call.now;
    email.primary = true;
    if (!records::Accounts(tx).insert(account) || !records::Emails(tx).insert(email)) {
      tx.abandon();
      return std::nullopt;
    }
    audit(tx, call, {"account.create", "ok", account.id, {}});
    return token;
  });
}

Outcome finish(Call& call, const Token& token, const std::string& secret,
               std::optional<signin::Evidence> evidence, const signin::Try& tried) {
  const PendingSignup pending = open_pending(call.services.keys, token);
  const auto taken = create_account(call, secret);
  if (!taken) return link_invalid(call);
  if (!evidence) evidence = signin::Evidence::of_signup(*taken, call.visitor.binding, pending.account);
  if (!evidence) return go_to(call.services.path("/login"), "email_confirmed").with(no_step_cookie(call));
  Outcome outcome = link_page(call, "signup");
  outcome.proved = Proved{*evidence, {}, tried, "login", {}, pending.return_to, true};
  return outcome;
}

// The page in the browser that signed up: "look into your mailbox", with a field for the code.
std::optional<Token> waiting(Call& call) {
  return call.services.database.read([&](records::Transaction& tx) {
    return Tokens(tx, call.services.keys).look_bound(TokenPurpose::signup, call.visitor.binding, call.now);
  });
}

bool is_off(const Call& call) { return !call.services.settings.signup.enabled; }

Outcome get_check(Call& call) {
  if (is_off(call)) return fail("not_found", 404);
  const auto token = waiting(call);
  if (!token) return go_to(call.services.path("/signup"));
  return show("signup_check", {{"email", token->recipient}});
}

Outcome post_check(Call& call) {
  if (is_off(call)) return fail("not_found", 404);
  const Services& services = call.services;
  const auto token = waiting(call);
  if (!token) return link_invalid(call);
  Outcome outcome =
      show("signup_check", {{"email", token->recipient}, {"form", {{"code", call.fields["code"]}}}});
  const auto checked = services.database.write([&](records::Transaction& tx) {
    return Tokens(tx, services.keys)
        .check_code(TokenPurpose::signup, call.visitor.binding, call.fields["code"], call.now);
  });
  if (!checked) return outcome.with(checked.error());
  const std::string secret = services.database.read(
      [&](records::Transaction& tx) { return Tokens(tx, services.keys).secret(*checked); });
  return finish(call, *checked, secret, std::nullopt, {});
}

// The link.
std::optional<Token> linked(Call& call) {
  return call.services.database.read([&](records::Transaction& tx) {
    auto token = step(tx, call, TokenPurpose::signup);
    return token && is_form_of(call, *token) ? token : std::nullopt;
  });
}

nlohmann::json model(const Token& token, bool needs_password) {
  return {{"email", token.recipient}, {"needs_password", needs_password}, {"token", form_token(token)}};
}

bool is_from_here(const Call& call, const Token& token) {
  return !call.visitor.binding.empty() && crypto::equal(token.binding, call.visitor.binding);
}

Outcome get_link(Call& call) {
  if (is_off(call)) return fail("not_found", 404);
  if (auto outcome = take_out_of_address(call, call.services.path("/verify-email"))) return *outcome;
  const auto token = linked(call);
  if (!token) return link_invalid(call);
  return show("signup_confirm", model(*token, !is_from_here(call, *token)));
}

Outcome post_link(Call& call) {
  if (is_off(call)) return fail("not_found", 404);
  const Services& services = call.services;
  const auto token = linked(call);
  if (!token) return link_invalid(call);
  const std::string secret = step_token(call);
  if (is_from_here(call, *token)) return finish(call, *token, secret, std::nullopt, {});

  Outcome outcome = show("signup_confirm", model(*token, true));
  if (call.fields["password"].empty()) return outcome.with(Refusal{"required", "password", {}, 422, {}});
  const signin::Try tried{"signup|" + token->id, std::string(call.request.client_address), {}};
  if (const auto allowed = services.throttle.attempt_password(tried, call.now); !allowed) {
    return outcome.with(allowed.error());
  }
  const PendingSignup pending = open_pending(services.keys, *token);
  records::Account account;
  account.id = pending.account;
  account.password = pending.password;
  const auto verified = services.passwords.verify(account, call.fields["password"], call.now);
  if (!verified) return outcome.with(verified.error());
  if (!verified->evidence) return outcome.with(Refusal{"wrong_password", "password", {}, 422, {}});
  return finish(call, *token, secret, verified->evidence, tried);
}

}  // namespace

std::vector<Route> verify_email_routes() {
  return {{"/verify-email", Access::anyone, get_link, post_link},
          {"/verify-email/check", Access::anyone, get_check, post_check}};
}

}  // namespace doorward::flows
