#include "flows/sessions.hpp"

#include <algorithm>

#include "flows/user_agent.hpp"
#include "records/session.hpp"

namespace doorward::flows {
namespace {

using records::Session;
using records::Sessions;

std::vector<Session> live_sessions(Call& call) {
  auto sessions = call.services.database.read(
      [&](records::Transaction& tx) { return Sessions(tx).of_account(call.person().account.id); });
  std::erase_if(sessions, [&](const Session& session) { return session.ends_at() <= call.now; });
  // This one first, then the one that was seen last.
  std::sort(sessions.begin(), sessions.end(), [&](const Session& a, const Session& b) {
    const bool a_here = a.id == call.person().session.id;
    const bool b_here = b.id == call.person().session.id;
    return a_here != b_here ? a_here : a.last_seen_at > b.last_seen_at;
  });
  return sessions;
}

Outcome get(Call& call) {
  nlohmann::json list = nlohmann::json::array();
  for (const Session& session : live_sessions(call)) {
    const UserAgent agent = describe_user_agent(session.browser);
    list.push_back({{"id", session.id.str()},
                    {"browser", agent.browser},
                    {"system", agent.system},
                    {"address", session.address},
                    {"first_seen", to_microseconds(session.created_at)},
                    {"last_seen", to_microseconds(session.last_seen_at)},
                    {"current", session.id == call.person().session.id}});
  }
  const bool others = list.size() > 1;
  return show("sessions", {{"sessions", std::move(list)}, {"others", others}});
}

Outcome end_others(Call& call) {
  const AccountId& account = call.person().account.id;
  call.services.database.write([&](records::Transaction& tx) {
    const auto ended = Sessions(tx).end_all(account, call.person().session.id);
    audit(tx, call, {"session.end_others", "ok", account, std::to_string(ended)});
  });
  return go_to(call.services.path("/sessions"), "sessions_ended");
}

Outcome post(Call& call) {
  if (call.fields.flag("others")) return end_others(call);
  const AccountId& account = call.person().account.id;
  const bool ended = call.services.database.write([&](records::Transaction& tx) {
    for (const Session& session : Sessions(tx).of_account(account)) {
      if (session.id.str() != call.fields["session"]) continue;
      Sessions(tx).end(session);
      audit(tx, call, {"session.end", "ok", account, session.id.str()});
      return true;
    }
    return false;
  });
  if (!ended) return fail("not_found", 404);  // another's, or gone already: it can't be told which
  return go_to(call.services.path("/sessions"), "session_ended");
}

}  // namespace

std::vector<Route> sessions_routes() { return {{"/sessions", Access::signed_in, get, post}}; }

}  // namespace doorward::flows
