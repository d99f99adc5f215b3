#include "engine/next_step.hpp"

#include "base/errors.hpp"
#include "flows/renewal.hpp"
#include "records/account.hpp"
#include "records/email.hpp"
#include "records/token.hpp"
#include "signin/gate.hpp"

namespace doorward::engine {
namespace {

using flows::Call;
using flows::Outcome;
using flows::Proved;

constexpr std::chrono::hours device_lifetime{24 * 180};

struct Passed {
  std::optional<signin::IssuedSession> session;
  std::optional<Refusal> refusal;
  std::string forced_change;  // secret of a link to choose a new password; empty: not asked for
};

// A password that an administrator has set is good for one thing: choosing another.
std::string link_to_new_password(records::Transaction& tx, const Call& call, const AccountId& account) {
  records::Tokens tokens(tx, call.services.keys);
  const auto email = records::Emails(tx).primary_of(account);
  if (!email) return {};
  const auto token = tokens.issue({make_uuid(call.now, call.services.random),
                                   records::TokenPurpose::forced_change,
                                   account,
                                   email->address,
                                   call.visitor.binding,
                                   {},
                                   call.now + std::chrono::minutes(15)},
                                  call.now);
  return tokens.secret(token);
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
    if (issued) {
      if (!proved.rehashed.empty()) records::Accounts(tx).replace_password_hash(account, proved.rehashed);
      passed.session = std::move(*issued);
    } else if (issued.error().code == "password_change_required") {
      passed.forced_change = link_to_new_password(tx, call, account);
      passed.refusal = issued.error();
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

void add_cookies(Outcome& outcome, const Call& call, const Proved& proved,
                 const signin::IssuedSession& session) {
  const auto& names = call.services.cookies;
  outcome.with(flows::session_cookie(call.services, session, call.now));
  const AccountId& account = proved.evidence.account();
  if (!call.services.browsers.is_device_of(call.visitor.device, account)) {
    outcome.with(http::Cookie{names.device, call.services.browsers.device(account, call.services.random),
                              device_lifetime});
  }
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
  if (!passed.forced_change.empty()) {
    return flows::go_to(call.services.path("/invitation"))
        .with(http::Cookie{call.services.cookies.step, passed.forced_change, std::chrono::minutes(15)});
  }
  if (passed.refusal) return outcome.with(*passed.refusal);
  count_as_right(call, proved);
  Outcome done = flows::go_to(onward(call, proved));
  add_cookies(done, call, proved, *passed.session);
  return done;
}

}  // namespace doorward::engine
