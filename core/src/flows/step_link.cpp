#include "flows/step_link.hpp"

#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"

namespace doorward::flows {
namespace {
constexpr std::chrono::seconds step_lifetime{30 * 60};
}

std::optional<Outcome> take_out_of_address(Call& call, const std::string& path) {
  if (!call.fields.has("token")) return std::nullopt;
  const std::string_view token = call.fields["token"];
  Outcome outcome = go_to(path);
  if (!records::LinkToken::parse(token)) return outcome.with(no_step_cookie(call));
  return outcome.with(step_cookie(call, std::string(token)));
}

std::string step_token(const Call& call) {
  return std::string(
      http::find_cookie(call.request, call.services.cookies.step).value_or(std::string_view()));
}

std::optional<records::Token> step(records::Transaction& tx, const Call& call,
                                   records::TokenPurpose purpose) {
  return records::Tokens(tx, call.services.keys)
      .look(purpose, step_token(call), call.visitor.binding, call.now);
}

std::optional<records::Token> take_step(records::Transaction& tx, const Call& call,
                                        records::TokenPurpose purpose) {
  return records::Tokens(tx, call.services.keys)
      .take(purpose, step_token(call), call.visitor.binding, call.now);
}

std::string form_token(const records::Token& token) {
  return crypto::base64url(crypto::sha256("form|" + token.hash)).substr(0, 22);
}

bool is_form_of(const Call& call, const records::Token& token) {
  return !call.fields.has("token") || crypto::equal(call.fields["token"], form_token(token));
}

Outcome link_invalid(const Call& call, const std::string& kind) {
  Outcome outcome = show("link_invalid", {{"kind", kind}, {"kind_" + kind, true}});
  outcome.with(no_step_cookie(call));
  outcome.status = 410;
  if (!records::LinkToken::parse(step_token(call))) return outcome;  // none was tried
  const auto allowed = call.services.throttle.attempt_link(call.request.client_address, call.now);
  return allowed ? outcome : outcome.with(allowed.error());
}

http::Cookie step_cookie(const Call& call, std::string token) {
  return {call.services.cookies.step, std::move(token), step_lifetime};
}

http::Cookie no_step_cookie(const Call& call) {
  return {call.services.cookies.step, "", std::chrono::seconds(0)};
}

}  // namespace doorward::flows
