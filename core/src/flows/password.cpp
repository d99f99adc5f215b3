#include "flows/password.hpp"

#include "flows/credentials.hpp"
#include "flows/new_password.hpp"
#include "flows/password_strength.hpp"
#include "flows/renewal.hpp"

namespace doorward::flows {
namespace {

Outcome page(const Call& call) {
  return show("password", {{"password_min", call.services.settings.password.min_length}});
}

Outcome get(Call& call) { return page(call); }

Outcome post(Call& call) {
  const Services& services = call.services;
  const signin::Recognized& person = call.person();
  Outcome outcome = page(call);
  Checked checked = check_own_password(call, "current");
  if (checked.refusal) {
    audit_failure(call, "password.change", checked, *checked.refusal);
    return outcome.with(*checked.refusal);
  }
  services.throttle.password_was_right(checked.tried, call.now);
  // Counted by now only, and by themselves: a session without the password keeps nobody from changing it.
  if (const auto allowed = services.throttle.attempt_change("password|" + person.account.id.str(), call.now);
      !allowed)
    return outcome.with(allowed.error());
  if (signin::normalized_password(call.fields["new"]) == signin::normalized_password(call.fields["current"]))
    return outcome.with(Refusal{"password_same", "new", {}, 422, {}});
  const auto password =
      services.password_policy.check(call.fields["new"], password_context(services, person.account), "new");
  if (!password) return outcome.with(password.error());
  const auto sealed = services.passwords.seal_new(*password, person.account.id);
  if (!sealed) return outcome.with(sealed.error());

  bool changed = false;
  const bool written = write_signed_in(call, [&](records::Transaction& tx) {
    const auto account = records::Accounts(tx).by_id(person.account.id);
    changed = account && checked.evidence->holds_for(*account);  // or it was changed meanwhile
    if (changed)
      set_new_password(tx, call, person.account.id, *sealed,
                       {"password.change", false, person.session.id, true});
  });
  if (!written) return fail("unauthenticated", 401);
  if (!changed) return outcome.with(Refusal{"wrong_password", "current", {}, 422, {}});
  signin::Way way;
  way.backup = person.session.backup;
  outcome.proved = Proved{checked.evidence->with_new_password(call.now).renewing(person.session),
                          way,
                          {},  // given back above
                          "session.renew",
                          {},
                          services.path("/password")};
  outcome.proved->notice = "password_changed";
  return outcome;
}

}  // namespace

std::vector<Route> password_routes() {
  return {{"/password", Access::fresh_by_factor, get, post},
          {"/password/strength", Access::anyone, leave_strength, judge_strength}};
}

}  // namespace doorward::flows
