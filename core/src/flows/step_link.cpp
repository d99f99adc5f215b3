#include "flows/step_link.hpp"

#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"

namespace doorward::flows {
namespace {
constexpr std::chrono::seconds step_lifetime{30 * 60};

const std::string& cookie_name(const Call& call, Kept kept) {
  return kept == Kept::through_sign_in ? call.services.cookies.link : call.services.cookies.step;
}

// Only who has an account confirms an address of it.
Kept kept(records::TokenPurpose purpose) {
  return purpose == records::TokenPurpose::email_confirm ? Kept::through_sign_in : Kept::for_this_step;
}

}  // namespace

std::optional<Outcome> take_out_of_address(Call& call, const std::string& path, Kept kept) {
  if (!call.fields.has("token")) return std::nullopt;
  const std::string_view token = call.fields["token"];
  Outcome outcome = go_to(path);
  if (!records::LinkToken::parse(token)) return outcome.with(no_step_cookie(call, kept));
  return outcome.with(step_cookie(call, std::string(token), kept));
}

std::string step_token(const Call& call, Kept kept) {
  return std::string(http::find_cookie(call.request, cookie_name(call, kept)).value_or(std::string_view()));
}

std::optional<records::Token> step(records::Transaction& tx, const Call& call,
                                   records::TokenPurpose purpose) {
  return records::Tokens(tx, call.services.keys)
      .look(purpose, step_token(call, kept(purpose)), call.visitor.binding, call.now);
}

std::optional<records::Token> take_step(records::Transaction& tx, const Call& call,
                                        records::TokenPurpose purpose) {
  return records::Tokens(tx, call.services.keys)
      .take(purpose, step_token(call, kept(purpose)), call.visitor.binding, call.now);
}

std::string form_token(const records::Token& token) {
  return crypto::base64url(crypto::sha256("form|" + token.hash)).substr(0, 22);
}

bool is_form_of(const Call& call, const records::Token& token) {
  return !call.fields.has("token") || crypto::equal(call.fields["token"], form_token(token));
}

Outcome link_page(const Call& call, const std::string& kind, Kept kept) {
  Outcome outcome = show("link_invalid", {{"kind", kind}, {"kind_" + kind, true}});
  outcome.with(no_step_cookie(call, kept));
  outcome.status = 410;
  return outcome;
}

Outcome link_invalid(const Call& call, const std::string& kind, Kept kept) {
  Outcome outcome = link_page(call, kind, kept);
  if (!records::LinkToken::parse(step_token(call, kept))) return outcome;  // none was tried
  const auto allowed = call.services.throttle.attempt_link(call.request.client_address, call.now);
  return allowed ? outcome : outcome.with(allowed.error());
}

http::Cookie step_cookie(const Call& call, std::string token, Kept kept) {
  return {cookie_name(call, kept), std::move(token), step_lifetime};
}

http::Cookie no_step_cookie(const Call& call, Kept kept) {
  return {cookie_name(call, kept), "", std::chrono::seconds(0)};
}

}  // namespace doorward::flows
