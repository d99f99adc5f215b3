#include "flows/logout.hpp"

#include "records/session.hpp"

namespace doorward::flows {
namespace {

Outcome get(Call& call) {
  if (!call.visitor.person) return go_to(call.services.path("/login"));
  return show("logout");
}

Outcome post(Call& call) {
  const Services& services = call.services;
  if (call.visitor.person) {
    services.database.write([&](records::Transaction& tx) {
      records::Sessions(tx).end(call.person().session);
      audit(tx, call, {"logout", "ok", call.person().account.id, {}});
    });
  }
  return go_to(services.path("/login"), "signed_out")
      .with(http::Cookie{services.cookies.session, "", std::chrono::seconds(0)});
}

}  // namespace

std::vector<Route> logout_routes() { return {{"/logout", Access::anyone, get, post}}; }

}  // namespace doorward::flows
