#include "flows/reauthenticate.hpp"

#include "flows/credentials.hpp"
#include "flows/given_factor.hpp"

namespace doorward::flows {
namespace {

Outcome page(const Call& call) {
  return show("reauthenticate", {{"second_factor", call.person().has_second_factor}});
}

Outcome get(Call& call) { return page(call); }

Outcome post(Call& call) {
  Outcome outcome = page(call);
  Checked checked = check_own_password(call, "password");
  if (checked.refusal) {
    audit_failure(call, "reauthenticate", checked, *checked.refusal);
    return outcome.with(*checked.refusal);
  }
  call.services.throttle.password_was_right(checked.tried, call.now);
  const auto evidence = with_second_factor(call, *checked.evidence);
  if (!evidence) return outcome.with(evidence.error());
  signin::Way way;
  way.backup = call.person().session.backup;
  outcome.proved = Proved{*evidence, way, {}, "reauthenticate", checked.rehashed, {}};
  return outcome;
}

}  // namespace

std::vector<Route> reauthenticate_routes() { return {{"/reauthenticate", Access::signed_in, get, post}}; }

}  // namespace doorward::flows
