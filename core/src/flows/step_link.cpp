#include "flows/step_link.hpp"

#include "records/token.hpp"

namespace doorward::flows {
namespace {
constexpr std::chrono::seconds step_lifetime{30 * 60};
}

std::optional<Outcome> take_out_of_address(Call& call, const std::string& path) {
  if (!call.fields.has("token")) return std::nullopt;
  const std::string_view token = call.fields["token"];
  Outcome outcome = go_to(path);
  if (!records::LinkToken::parse(token)) return outcome.with(no_step_cookie(call));
  return outcome.with(step_cookie(call, std::string(token)));
}

std::string step_token(const Call& call) {
  return std::string(
      http::find_cookie(call.request, call.services.cookies.step).value_or(std::string_view()));
}

http::Cookie step_cookie(const Call& call, std::string token) {
  return {call.services.cookies.step, std::move(token), step_lifetime};
}

http::Cookie no_step_cookie(const Call& call) {
  return {call.services.cookies.step, "", std::chrono::seconds(0)};
}

}  // namespace doorward::flows
