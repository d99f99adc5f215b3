#include "engine/refusal.hpp"

#include "engine/front.hpp"
#include "http/accept.hpp"
#include "http/origin.hpp"
#include "http/return_to.hpp"

namespace doorward::engine {
namespace {

struct Told {
  std::string_view code;
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

// What would let somebody pass who can do something about it.
bool can_sign_in(Verdict verdict) { return verdict == Verdict::sign_in || verdict == Verdict::step_up; }

// Every refusal looks at these, whoever asks (RFC 9110 12.5.5).
constexpr const char* vary = "Cookie, Accept, Accept-Language, Sec-Fetch-Mode";

}  // namespace

Refusals::Refusals(const settings::Settings& settings, const pages::Renderer& renderer,
                   const Answers& answers, Random& random, Log& log)
    : settings_(settings), renderer_(renderer), answers_(answers), random_(random), log_(log) {
  for (const std::string& locale : settings.locales) {
    for (const Verdict verdict : {Verdict::sign_in, Verdict::step_up, Verdict::forbid, Verdict::broken})
      problems_.emplace(std::pair(locale, told(verdict).code), ready_problem(verdict, locale));
  }
}

http::Response Refusals::ready_problem(Verdict verdict, const std::string& locale) const {
  const auto [code, status] = told(verdict);
  Asker asker;  // without an id: nothing is written to the log that it would help to find
  asker.json = true;
  asker.locale = locale;
  http::Response response = answers_.error(code, status, asker);
  response.headers = {{"Content-Type", "application/problem+json"},
                      {"Cache-Control", "no-store"},
                      {"Vary", vary},
                      {"X-Content-Type-Options", "nosniff"},
                      {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"}};
  if (status == 401) {
    // Not a scheme that a browser would open a window for; says where signing in is (RFC 9110 11.6.1).
    response.add("WWW-Authenticate", "Doorward realm=\"" + settings_.public_host + "\", uri=\"" +
                                         settings_.public_url + settings_.mount + "/login\"");
  }
  if (status == 503) response.add("Retry-After", "5");
  return response;
}

void Refusals::to_page(const http::Request& request, Verdict verdict, http::Response& made) const {
  const auto here = http::ReturnTo::parse(request.is_safe() ? request.target : request.path);
  std::string location = settings_.mount;
  location += verdict == Verdict::sign_in ? "/login" : "/reauthenticate";
  if (here) location.append("?return_to=").append(http::query_escape(here->str()));
  made.status = 303;
  made.headers.reserve(3);
  made.add("Location", std::move(location));
  made.add("Cache-Control", "no-store");
  made.add("Vary", vary);
}

const http::Response& Refusals::answer(const http::Request& request, Verdict verdict, http::Response& made,
                                       const std::string& id) const {
  const bool page = http::is_navigation(request);
  if (page && can_sign_in(verdict) && http::addressed_to(request, settings_.public_host)) {
    to_page(request, verdict, made);
    return made;
  }
  std::string locale = renderer_.negotiate(request.header("accept-language").value_or(std::string_view()));
  const auto [code, status] = told(verdict);
  if (!page) return problems_.at({std::move(locale), code});
  Asker asker;
  asker.locale = std::move(locale);
  asker.id = id.empty() ? make_request_id(random_) : id;
  const bool elsewhere = can_sign_in(verdict);
  made = elsewhere ? answers_.error("wrong_address", 421, asker) : answers_.error(code, status, asker);
  // As nginx does with its own refusals: the page has a reference, and whoever is asked for help looks here.
  log_.error("request " + asker.id + ": " + std::string(request.method) + " " + std::string(request.path) +
             ": " + (elsewhere ? "wrong_address" : std::string(code)));
  if (status == 503) made.add("Retry-After", "5");
  return made;
}

}  // namespace doorward::engine
