#include "flows/login.hpp"

#include "flows/credentials.hpp"

namespace doorward::flows {
namespace {

constexpr std::chrono::seconds bounce_time{5};

nlohmann::json typed(const Call& call) {
  return {{"form", {{"identifier", call.fields["identifier"]}, {"remember", call.fields.flag("remember")}}}};
}

// Signed in already: on to where the person wanted to go. Twice within seconds means that the place keeps sending them
// back, and a third round would help nobody.
Outcome already_signed_in(Call& call) {
  const std::string& bounce = call.services.cookies.bounce;
  if (call.return_to && http::find_cookie(call.request, bounce)) {
    return fail("loop", 409).with(http::Cookie{bounce, "", std::chrono::seconds(0)});
  }
  if (!call.return_to) return go_to(call.services.path("/"));
  return go_to(call.return_to->str()).with(http::Cookie{bounce, "1", bounce_time});
}

Outcome get(Call& call) {
  if (call.visitor.person) return already_signed_in(call);
  return show("login", typed(call));
}

Outcome post(Call& call) {
  Outcome outcome = show("login", typed(call));
  Checked checked = check_credentials(call);
  if (checked.refusal) {
    audit_failure(call, "login", checked, *checked.refusal);
    return outcome.with(*checked.refusal);
  }
  signin::Way way;
  way.remember = call.fields.flag("remember");
  way.trust = http::find_cookie(call.request, call.services.cookies.trust).value_or(std::string_view());
  outcome.proved = Proved{*checked.evidence, way, checked.tried, "login", checked.rehashed, {}};
  return outcome;
}

}  // namespace

std::string login_path(const Services& services, const std::optional<http::ReturnTo>& return_to) {
  const std::string path = services.path("/login");
  return return_to ? path + "?return_to=" + http::query_escape(return_to->str()) : path;
}

std::vector<Route> login_routes() { return {{"/login", Access::anyone, get, post}}; }

}  // namespace doorward::flows
