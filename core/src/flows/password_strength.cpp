#include "flows/password_strength.hpp"

#include "flows/new_password.hpp"
#include "flows/step_link.hpp"
#include "http/accept.hpp"
#include "records/email.hpp"

namespace doorward::flows {
namespace {

using records::TokenPurpose;

constexpr const char* field = "password";

// Whose password it is to be: who is signed in, else whom the link in this browser's cookie is for.
std::optional<records::Account> meant(Call& call) {
  if (call.visitor.person) return call.person().account;
  if (step_token(call).empty()) return std::nullopt;
  return call.services.database.read([&](records::Transaction& tx) -> std::optional<records::Account> {
    for (const auto purpose :
         {TokenPurpose::recovery, TokenPurpose::invitation, TokenPurpose::forced_change}) {
      if (const auto token = step(tx, call, purpose)) return records::Accounts(tx).by_id(token->account);
    }
    return std::nullopt;
  });
}

// Of who has no account yet, what is typed beside it counts.
signin::PasswordContext context_of(Call& call) {
  if (const auto account = meant(call)) return password_context(call.services, *account);
  return password_context(call.services, std::string(call.fields["name"]), std::string(call.fields["email"]));
}

}  // namespace

// There is nothing to be seen.
Outcome leave_strength(Call& call) { return go_to(call.services.path("/password")); }

Outcome judge_strength(Call& call) {
  if (!http::prefers_json(call.request)) return fail("bad_request", 400);
  if (const auto allowed = call.services.throttle.attempt_judging(call.request.client_address, call.now);
      !allowed) {
    return show("password").with(allowed.error());
  }
  const std::string_view typed = call.fields[field];
  if (typed.empty()) return show("password", {{"score", 0}, {"accepted", false}});
  auto judged = call.services.password_policy.judge(typed, context_of(call), field);
  Outcome outcome = show("password", {{"score", judged.score}, {"accepted", !judged.refusal}});
  if (judged.refusal) outcome.refusals.push_back(std::move(*judged.refusal));
  return outcome;
}

}  // namespace doorward::flows
