#include "flows/sessions.hpp"

#include <algorithm>

#include "flows/renewal.hpp"
#include "flows/user_agent.hpp"
#include "records/session.hpp"
#include "records/trusted_browser.hpp"

namespace doorward::flows {
namespace {

using records::Session;
using records::Sessions;

constexpr std::size_t rows_on_page = 8;

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

nlohmann::json row(const Session& session, bool current) {
  const UserAgent agent = describe_user_agent(session.browser);
  return {{"id", session.id.str()},
          {"browser", agent.browser},
          {"system", agent.system},
          {"handheld", agent.handheld},
          {"backup", session.backup},
          {"address", session.address},
          {"first_seen", to_microseconds(session.created_at)},
          {"last_seen", to_microseconds(session.last_seen_at)},
          {"current", current}};
}

// Which page is asked for, from 0; a page that isn't there is the first.
std::size_t asked_page(const Call& call, std::size_t sessions) {
  const std::string asked(call.fields["page"]);
  for (std::size_t page = 1; page * rows_on_page < sessions; ++page) {
    if (asked == std::to_string(page + 1)) return page;
  }
  return 0;
}

Outcome get(Call& call) {
  const auto sessions = live_sessions(call);
  const std::size_t page = asked_page(call, sessions.size());
  const std::size_t end = std::min(sessions.size(), (page + 1) * rows_on_page);
  nlohmann::json list = nlohmann::json::array();
  for (std::size_t i = page * rows_on_page; i < end; ++i)
    list.push_back(row(sessions[i], sessions[i].id == call.person().session.id));
  nlohmann::json model = {
      {"sessions", std::move(list)}, {"others", sessions.size() > 1}, {"count", sessions.size()}};
  const std::string self = call.services.path("/sessions?page=");
  if (page > 0) model["previous"] = self + std::to_string(page);
  if (end < sessions.size()) model["next"] = self + std::to_string(page + 2);
  return show("sessions", std::move(model));
}

Outcome end_others(Call& call) {
  const AccountId& account = call.person().account.id;
  const bool written = write_signed_in(call, [&](records::Transaction& tx) {
    // A device that is lost isn't to be let in without the second factor either.
    const auto forgotten = records::TrustedBrowsers(tx).remove_of(account);
    const auto ended = Sessions(tx).end_all(account, call.person().session.id);
    if (ended + forgotten == 0) return;
    audit(tx, call,
          {"session.end_others", "ok", account,
           std::to_string(ended) + ", trusted browsers: " + std::to_string(forgotten)});
  });
  if (!written) return fail("unauthenticated", 401);
  return go_to(call.services.path("/sessions"), "sessions_ended");
}

Outcome post(Call& call) {
  // One, or all others: neither of the two says what is to end, and nor do both.
  if (!call.fields.is_flag("others") || call.fields.flag("others") == call.fields.has("session"))
    return fail("bad_request", 400);
  if (call.fields.flag("others")) return end_others(call);
  const AccountId& account = call.person().account.id;
  bool ended = false;
  const bool written = write_signed_in(call, [&](records::Transaction& tx) {
    ended = false;
    for (const Session& session : Sessions(tx).of_account(account)) {
      if (session.id.str() != call.fields["session"]) continue;
      Sessions(tx).end(session);
      audit(tx, call, {"session.end", "ok", account, session.id.str()});
      ended = true;
    }
  });
  if (!written) return fail("unauthenticated", 401);
  if (!ended) return fail("not_found", 404);  // another's, or gone already: it can't be told which
  return go_to(call.services.path("/sessions"), "session_ended");
}

}  // namespace

std::vector<Route> sessions_routes() { return {{"/sessions", Access::signed_in, get, post}}; }

}  // namespace doorward::flows
