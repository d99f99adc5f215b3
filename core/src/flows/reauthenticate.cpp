#include "flows/reauthenticate.hpp"

#include "flows/credentials.hpp"

namespace doorward::flows {
namespace {

Outcome get(Call&) { return show("reauthenticate"); }

Outcome post(Call& call) {
  Outcome outcome = show("reauthenticate");
  Checked checked = check_own_password(call, "password");
  if (checked.refusal) {
    audit_failure(call, "reauthenticate", checked, *checked.refusal);
    return outcome.with(*checked.refusal);
  }
  signin::Way way;
  way.backup = call.person().session.backup;
  outcome.proved = Proved{*checked.evidence, way, checked.tried, "reauthenticate", checked.rehashed, {}};
  return outcome;
}

}  // namespace

std::vector<Route> reauthenticate_routes() { return {{"/reauthenticate", Access::signed_in, get, post}}; }

}  // namespace doorward::flows
