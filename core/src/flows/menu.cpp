#include "flows/menu.hpp"

#include "flows/login.hpp"

namespace doorward::flows {
namespace {

// Back to where the person is: what was asked for says so, or, included by the server, the page that it stands in.
std::string login(const Call& call) {
  auto here = call.return_to;
  if (!here && !call.request.target.starts_with(call.request.path))
    here = http::ReturnTo::parse(call.request.target);
  return login_path(call.services, here);
}

Outcome get(Call& call) {
  return show("menu", {{"signed_in", call.visitor.person.has_value()}, {"login", login(call)}});
}

}  // namespace

std::vector<Route> menu_routes() { return {{"/menu", Access::anyone, get}}; }

}  // namespace doorward::flows
