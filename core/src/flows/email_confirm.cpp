#include "flows/email_confirm.hpp"

#include "flows/addresses.hpp"
#include "flows/login.hpp"
#include "flows/step_link.hpp"
#include "flows/token_address.hpp"
#include "http/accept.hpp"

namespace doorward::flows {
namespace {

using records::Token;
using records::TokenPurpose;
using records::Transaction;

std::string page_path(const Call& call) { return call.services.path("/emails/confirm"); }

Outcome link_invalid(const Call& call) { return flows::link_invalid(call, "email", Kept::through_sign_in); }

std::optional<Token> linked(const Call& call) {
  if (!may_change_addresses(call.services)) return std::nullopt;
  return call.services.database.read([&](Transaction& tx) {
    auto token = step(tx, call, TokenPurpose::email_confirm);
    return token && is_form_of(call, *token) ? token : std::nullopt;
  });
}

// Nothing is used up: who it is for signs in, and the page is there again.
Outcome sign_in_first(const Call& call) {
  if (http::prefers_json(call.request))
    return show("email_confirm").with(Refusal{"unauthenticated", {}, {}, 401, {}});
  return go_to(login_path(call.services, http::ReturnTo::parse(page_path(call))));
}

Outcome page(const Call& call, const Token& token) {
  const TokenAddress about = open_address(call.services.keys, token);
  Outcome outcome =
      show("email_confirm",
           {{"email", about.address}, {"primary", about.make_primary}, {"token", form_token(token)}});
  if (token.account != call.person().account.id)
    outcome.with(Refusal{"signed_in_as_another", {}, {}, 403, {}});
  return outcome;
}

Outcome get(Call& call) {
  if (auto outcome = take_out_of_address(call, page_path(call), Kept::through_sign_in)) return *outcome;
  const auto token = linked(call);
  if (!token) return link_invalid(call);
  return call.visitor.person ? page(call, *token) : sign_in_first(call);
}

Outcome post(Call& call) {
  const auto token = linked(call);
  if (!token) return link_invalid(call);
  if (!call.visitor.person) return sign_in_first(call);
  Outcome outcome = page(call, *token);
  if (!outcome.refusals.empty()) return outcome;
  const std::string secret = step_token(call, Kept::through_sign_in);
  const auto confirmed =
      change_addresses(call, [&](Transaction& tx) { return confirm_address(tx, call, secret); });
  if (!confirmed)
    return confirmed.error().code == "link_invalid" ? link_invalid(call) : outcome.with(confirmed.error());
  Outcome done = go_to(call.services.path("/emails"), confirmed->notice);
  if (confirmed->cookie) done.with(*confirmed->cookie);
  return done.with(no_step_cookie(call, Kept::through_sign_in));
}

}  // namespace

std::vector<Route> email_confirm_routes() { return {{"/emails/confirm", Access::anyone, get, post}}; }

}  // namespace doorward::flows
