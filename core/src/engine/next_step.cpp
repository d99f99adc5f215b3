#include "engine/next_step.hpp"

#include "base/errors.hpp"
#include "flows/invitation.hpp"
#include "flows/new_device.hpp"
#include "flows/renewal.hpp"
#include "flows/second_factor.hpp"
#include "records/account.hpp"
#include "records/email.hpp"
#include "records/token.hpp"
#include "records/trusted_browser.hpp"
#include "signin/gate.hpp"

namespace doorward::engine {
namespace {

using flows::Call;
using flows::Outcome;
using flows::Proved;

struct Passed {
  std::optional<signin::IssuedSession> session;
  std::optional<http::Cookie> device;
  std::optional<Refusal> refusal;
  std::string trust;          // cookie of a browser that is trusted from now on; empty: it isn't
  std::string second_factor;  // secret of the step that asks for it; empty: not asked for
  std::string forced_change;  // secret of a link to choose a new password; empty: not asked for
};

// Of all who share this browser.
std::string_view trust_cookie(const Call& call) {
  return http::find_cookie(call.request, call.services.cookies.trust).value_or(std::string_view());
}

// A session that there was gets another token, in a browser that the account was known to: nobody signs in. What it is known by
// is proved by the password, so the account is asked as it was before a change.
bool goes_on_where_it_is_known(const Call& call, const Proved& proved) {
  return !proved.evidence.renewed().empty() &&
         !call.services.browsers.device_of(call.visitor.device, call.person().account, call.now).empty();
}

Passed pass_gate(Call& call, const Proved& proved) {
  const flows::Services& services = call.services;
  return services.database.write([&](records::Transaction& tx) {
    Passed passed;
    const AccountId& account = proved.evidence.account();
    signin::Way way = proved.way;
    // Whatever way somebody comes in by, the session that this browser had until now ends with it (ASVS 7.2.4).
    if (call.visitor.person) way.replaces = &call.person().session;
    way.browser = call.visitor.user_agent;
    way.address = call.request.client_address;
    auto issued =
        signin::issue_session(tx, proved.evidence, way, services.settings.session, call.now, services.random);
    flows::audit(tx, call,
                 {proved.action, issued ? "ok" : issued.error().code, account,
                  issued ? issued->session().id.str() : std::string()});
    const std::string refused = issued ? std::string() : issued.error().code;
    const bool factor_left = refused == "second_factor_required";
    if ((issued || factor_left) && !proved.rehashed.empty())
      records::Accounts(tx).replace_password_hash(account, proved.rehashed);
    if (issued && proved.trust)
      passed.trust =
          records::TrustedBrowsers(tx).trust_beside(trust_cookie(call), account, call.now, services.random);
    if (factor_left) passed.second_factor = flows::begin_second_factor(tx, call, proved);
    if (refused == "password_change_required")
      passed.forced_change = flows::begin_forced_change(tx, call, proved);
    if (issued) {
      const auto known = records::Accounts(tx).by_id(account).value();
      if (!proved.first && !goes_on_where_it_is_known(call, proved))
        flows::tell_if_new_device(tx, call, known);
      passed.device = flows::device_cookie(call, known);
      passed.session = std::move(*issued);
    } else {
      passed.refusal = issued.error();
    }
    return passed;
  });
}

// Tries are counted before a password is looked at, and given back where it was right: also where the store takes no session
// just now. Otherwise those who try again while it is moved would be kept out afterwards.
void count_as_right(const Call& call, const Proved& proved) {
  if (!proved.tried.who.empty()) call.services.throttle.password_was_right(proved.tried, call.now);
}

std::string onward(const Call& call, const Proved& proved) {
  if (call.return_to) return call.return_to->str();
  if (const auto known = http::ReturnTo::parse(proved.onward)) return known->str();
  if (proved.way.backup) return call.services.path("/");
  return call.services.settings.site.home;
}

void add_cookies(Outcome& outcome, const Call& call, const Passed& passed) {
  const signin::IssuedSession& session = *passed.session;
  const auto& names = call.services.cookies;
  outcome.with(flows::session_cookie(call.services, session, call.now));
  outcome.with(*passed.device);
  outcome.with(http::Cookie{names.step, "", std::chrono::seconds(0)});
}

}  // namespace

flows::Outcome next_step(flows::Call& call, flows::Outcome outcome) {
  const Proved proved = std::move(*outcome.proved);
  outcome.proved.reset();
  Passed passed;
  try {
    passed = pass_gate(call, proved);
  } catch (const ReadOnly&) {
    count_as_right(call, proved);
    throw;
  }
  if (!passed.second_factor.empty()) {
    count_as_right(call, proved);
    return flows::go_to(call.services.path("/second-factor"))
        .with(http::Cookie{call.services.cookies.step, passed.second_factor, flows::second_factor_lifetime});
  }
  if (!passed.forced_change.empty()) {
    count_as_right(call, proved);
    return flows::go_to(call.services.path("/invitation"))
        .with(http::Cookie{call.services.cookies.step, passed.forced_change, flows::forced_change_lifetime});
  }
  // The session that was to go on has ended meanwhile; nobody's password was wrong.
  if (passed.refusal && passed.refusal->code == "invalid_credentials" && !proved.evidence.renewed().empty())
    return flows::fail("unauthenticated", 401);
  if (passed.refusal) return outcome.with(*passed.refusal);
  count_as_right(call, proved);
  Outcome done = proved.page.empty()
                     ? flows::go_to(onward(call, proved), call.return_to ? std::string_view() : proved.notice)
                     : flows::show(proved.page, proved.model);
  if (!passed.trust.empty())
    done.with(http::Cookie{call.services.cookies.trust, passed.trust, records::TrustedBrowser::lifetime});
  add_cookies(done, call, passed);
  return done;
}

}  // namespace doorward::engine
