#include "engine/refusal.hpp"

#include "engine/front.hpp"
#include "http/accept.hpp"
#include "http/origin.hpp"
#include "http/return_to.hpp"

namespace doorward::engine {
namespace {

struct Told {
  const char* code;
  int status;
};

Told told(Verdict verdict) {
  switch (verdict) {
    case Verdict::sign_in: return {"unauthenticated", 401};
    case Verdict::step_up: return {"fresh_required", 403};
    case Verdict::forbid: return {"forbidden", 403};
    case Verdict::allow:
    case Verdict::ask:
    case Verdict::broken: break;
  }
  return {"unavailable", 503};
}

// The answer that a stranger's request gets most often: as little as it can be made of.
http::Response to_page(const http::Request& request, Verdict verdict, const settings::Settings& settings) {
  const auto here = http::ReturnTo::parse(request.is_safe() ? request.target : request.path);
  const char* page = verdict == Verdict::sign_in ? "/login" : "/reauthenticate";
  http::Response response;
  response.status = 303;
  response.headers.reserve(3);
  response.add("Location",
               settings.mount + page + (here ? "?return_to=" + http::query_escape(here->str()) : ""));
  response.add("Cache-Control", "no-store");
  response.add("Vary", "Cookie, Accept, Sec-Fetch-Mode");
  return response;
}

}  // namespace

http::Response refuse_request(const http::Request& request, const Decision& decision, const Answers& answers,
                              const settings::Settings& settings, const pages::Renderer& renderer,
                              Random& random) {
  const bool json = !http::is_navigation(request);
  const bool to_sign_in = decision.verdict == Verdict::sign_in || decision.verdict == Verdict::step_up;
  const bool here = http::addressed_to(request, settings.public_host);
  if (to_sign_in && !json && here) return to_page(request, decision.verdict, settings);

  Asker asker;
  asker.json = json;
  asker.locale = renderer.negotiate(request.header("accept-language").value_or(std::string_view()));
  asker.id = make_request_id(random);
  if (to_sign_in && !json) return answers.error("wrong_address", 421, asker);
  const Told told = engine::told(decision.verdict);
  http::Response response = answers.error(told.code, told.status, asker);
  if (told.status == 401) {
    // Not a scheme that a browser would open a window for; says where signing in is (RFC 9110 11.6.1).
    response.add("WWW-Authenticate", "Doorward realm=\"" + settings.public_host + "\", uri=\"" +
                                         settings.public_url + settings.mount + "/login\"");
  }
  if (told.status == 503) response.add("Retry-After", "5");
  if (request.method == "HEAD") response.body.clear();
  return response;
}

}  // namespace doorward::engine
