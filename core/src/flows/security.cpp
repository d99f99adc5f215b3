#include "flows/security.hpp"

#include <algorithm>

#include "records/session.hpp"

namespace doorward::flows {
namespace {

Outcome get(Call& call) {
  const records::Account& account = call.person().account;
  const auto sessions = call.services.database.read(
      [&](records::Transaction& tx) { return records::Sessions(tx).of_account(account.id); });
  const auto live = std::count_if(sessions.begin(), sessions.end(),
                                  [&](const auto& session) { return session.ends_at() > call.now; });
  nlohmann::json model = {{"devices", live}, {"two_factor", call.person().has_second_factor}};
  if (account.password_changed_at) model["password_changed"] = to_microseconds(*account.password_changed_at);
  return show("security", std::move(model));
}

}  // namespace

std::vector<Route> security_routes() { return {{"/security", Access::signed_in, get}}; }

}  // namespace doorward::flows
