#include "engine/front.hpp"

#include <algorithm>

#include "base/errors.hpp"
#include "base/text.hpp"
#include "crypto/encoding.hpp"
#include "engine/assertion_keys.hpp"
#include "engine/next_step.hpp"
#include "http/accept.hpp"
#include "http/multipart.hpp"
#include "http/origin.hpp"
#include "records/session.hpp"

namespace doorward::engine {

using flows::Access;
using flows::Call;
using flows::Outcome;
using flows::Route;

namespace {
constexpr std::chrono::seconds note_every{60};  // as often as jobs do for protected pages

// What a refused outcome is called: by its refusal, on the error page by its code, else by its page ("link_invalid").
std::string refusal_code(const Outcome& outcome) {
  if (!outcome.refusals.empty()) return outcome.refusals.front().code;
  return outcome.page == "error" ? outcome.model.at("code").get<std::string>() : outcome.page;
}

bool brings_file(const http::Request& request) {
  const http::BodyKind kind = http::body_kind(request);
  return kind == http::BodyKind::multipart || kind == http::BodyKind::picture;
}

constexpr std::chrono::seconds notice_lifetime{60};  // from what was done to the page that says so

constexpr const char* carried_name = "again";

std::string carried_context(const flows::Visitor& visitor, const Route& route) {
  return "again|" + route.path + "|" + visitor.person->account.id.str();
}

}  // namespace

struct Front::Visit {
  Visit(const http::Request& asked, Time when) : request(asked), now(when) {}

  const http::Request& request;
  Time now;
  Asker asker;
  flows::Visitor visitor;
  const Route* route = nullptr;
  std::optional<std::string_view> file;
  bool recorded = false;  // by the flow
  bool brought_back = false;
  flows::Happening refused;
};

std::string make_request_id(Random& random) { return crypto::hex(random.bytes(8)); }

Front::Front(const flows::Services& services, const pages::Renderer& renderer, std::vector<Route> routes)
    : services_(services),
      renderer_(renderer),
      answers_(services.settings, renderer, services.cookies),
      refused_requests_(services),
      routes_(std::move(routes)) {}

const Route* Front::route(std::string_view path) const {
  const std::string& mount = services_.settings.mount;
  const bool below = path.starts_with(mount) && (path.size() == mount.size() || path[mount.size()] == '/');
  const std::string_view rest =
      path.size() <= mount.size() ? std::string_view("/") : path.substr(mount.size());
  const auto found = std::find_if(routes_.begin(), routes_.end(), [&](const Route& route) {
    return route.absolute ? route.path == path : below && route.path == rest;
  });
  return found == routes_.end() ? nullptr : &*found;
}

flows::Visitor Front::visitor(const http::Request& request, Time now) const {
  flows::Visitor visitor;
  const auto cookie = [&](const std::string& name) {
    return std::string(http::find_cookie(request, name).value_or(std::string_view()));
  };
  visitor.browser = cookie(services_.cookies.browser);
  if (signin::Browsers::is_id(visitor.browser)) {
    visitor.binding = services_.browsers.binding(visitor.browser);
  } else {
    visitor.browser.clear();
  }
  visitor.device = cookie(services_.cookies.device);
  visitor.user_agent = request.header("user-agent").value_or(std::string_view()).substr(0, 256);
  if (!is_utf8(visitor.user_agent) || has_control(visitor.user_agent)) visitor.user_agent.clear();
  if (const auto token = http::find_cookie(request, services_.cookies.session)) {
    visitor.person =
        services_.database.read([&](records::Transaction& tx) { return signin::recognize(tx, *token, now); });
    if (visitor.person) note_use(visitor.person->session, now);
  }
  const bool chosen = visitor.person && renderer_.offers(visitor.person->account.locale);
  visitor.locale = chosen
                       ? visitor.person->account.locale
                       : renderer_.negotiate(request.header("accept-language").value_or(std::string_view()));
  return visitor;
}

// Doorward's own pages are use of a session, too: who reads only these would else be signed out while reading.
void Front::note_use(const records::Session& session, Time now) const {
  if (now < session.last_seen_at + note_every) return;
  try {
    services_.database.write(
        [&](records::Transaction& tx) { records::Sessions(tx).touch(session.hash, now); });
  } catch (const ReadOnly&) {           // told again by whoever asks once the store is open
  } catch (const Unavailable& error) {  // no reason to refuse the page
    services_.log.warning(std::string("noting a used session: ") + error.what());
  }
}

// HEAD is answered as GET, body and all: the server says its length, and leaves it out (RFC 9110 8.6).
http::Response Front::handle(const http::Request& request) const {
  Visit visit(request, services_.clock.now());
  visit.asker.json = http::prefers_json(request);
  visit.asker.locale = renderer_.negotiate(request.header("accept-language").value_or(std::string_view()));
  visit.asker.id = make_request_id(services_.random);
  http::Response response;
  try {
    response = respond(visit);
  } catch (const ReadOnly&) {
    response = read_only(visit);
  } catch (const Unavailable& error) {
    response = unexpected(visit, "unavailable", 503, error.what());
  } catch (const std::exception& error) {
    response = unexpected(visit, "internal", 500, error.what());
  }
  record_refusal(visit, response.status);
  return response;
}

// Nothing is broken: the log has no line that the page could refer to.
http::Response Front::read_only(Visit& visit) const {
  visit.asker.id.clear();
  http::Response response = answers_.error("read_only", 503, visit.asker);
  response.add("Retry-After", "60");
  return response;
}

http::Response Front::unexpected(Visit& visit, const char* code, int status, const std::string& what) const {
  services_.log.error("request " + visit.asker.id + ": " + std::string(visit.request.method) + " " +
                      std::string(visit.request.path) + ": " + what);
  visit.asker.visitor = nullptr;
  http::Response response = answers_.error(code, status, visit.asker);
  if (status == 503) response.add("Retry-After", "5");
  return response;
}

http::Response Front::turn_away(Visit& visit, std::string_view code, int status) const {
  visit.refused.outcome = code;
  return answers_.error(code, status, visit.asker);
}

// Looking at what isn't there, or without having signed in, is no event; trying to change something is, and so is a link that
// is none.
void Front::record_refusal(const Visit& visit, int status) const {
  if (status < 400 || status >= 500 || visit.recorded || visit.route == nullptr) return;
  const bool looked = status == 401 || status == 409 || status == 421;
  if (visit.request.is_safe() && looked) return;
  records::AuditEntry entry;
  entry.at = visit.now;
  entry.subject = visit.refused.subject;
  if (visit.visitor.person) {
    const AccountId& account = visit.visitor.person->account.id;
    if (entry.subject.empty()) entry.subject = account;
    // Who tries another's password is nobody whom that person should be told as one who acts for the site.
    if (entry.subject == account) entry.actor = account.str();
  }
  entry.action = visit.refused.action.empty() ? "request" : visit.refused.action;
  entry.outcome = visit.refused.outcome;
  entry.address = visit.request.client_address;
  entry.request = visit.asker.id;
  entry.details = std::string(visit.request.method.substr(0, 16)) + " " + visit.route->path;
  refused_requests_.record(std::move(entry));
}

void Front::recognize(Visit& visit) const {
  visit.visitor = visitor(visit.request, visit.now);
  visit.asker.visitor = &visit.visitor;
  visit.asker.locale = visit.visitor.locale;
}

http::Response Front::respond(Visit& visit) const {
  const http::Request& request = visit.request;
  const std::string theme = services_.settings.mount + "/theme/";
  if (request.path.starts_with(theme) && request.is_safe()) {
    return answers_.asset(request.path.substr(theme.size()), request.query.starts_with("v="));
  }
  if (request.path == services_.path("/jwks.json")) return public_keys(visit);
  const Route* route = visit.route = this->route(request.path);
  const bool addressed = http::addressed_to(request, services_.settings.public_host);
  if (addressed)
    recognize(visit);  // before whatever they are told, which is in their language, with their menu
  if (route == nullptr) return turn_away(visit, "not_found", 404);
  if (!addressed) return turn_away(visit, "wrong_address", 421);
  flows::Handler handler = request.is_safe() ? route->get : request.method == "POST" ? route->post : nullptr;
  if (handler == nullptr) {
    http::Response response = turn_away(visit, "method_not_allowed", 405);
    response.add("Allow", route->post != nullptr ? "GET, HEAD, POST" : "GET, HEAD");
    return response;
  }

  auto fields = this->fields(visit);
  if (!fields && fields.error().status == 413 && route->too_large != nullptr && brings_file(request)) {
    handler = route->too_large;
    fields = http::Fields();
  }
  if (!fields) return turn_away(visit, fields.error().code, fields.error().status);
  if (auto kept_out = keep_out(visit, *route, *fields)) return *kept_out;
  auto brought_back = bring_back(visit, *route, *fields);

  Call call{services_, request, visit.visitor, std::move(*fields), {}, visit.asker.id, visit.now};
  call.brought_back = brought_back.has_value();
  if (brought_back) call.fields = std::move(*brought_back);
  visit.brought_back = call.brought_back;
  call.file = visit.file;
  call.return_to = http::ReturnTo::parse(call.fields["return_to"]);
  if (call.return_to) visit.asker.return_to = call.return_to->str();
  const bool new_browser = visit.visitor.browser.empty();
  if (new_browser) {
    visit.visitor.browser = signin::Browsers::make_id(services_.random);
    visit.visitor.binding = services_.browsers.binding(visit.visitor.browser);
  }
  Outcome outcome = handler(call);
  if (outcome.proved) outcome = next_step(call, std::move(outcome));
  visit.recorded = call.recorded;
  visit.refused = std::move(call.refused);
  visit.refused.outcome = refusal_code(outcome);
  if (new_browser)
    outcome.with(
        http::Cookie{services_.cookies.browser, visit.visitor.browser, std::chrono::hours(24 * 365)});
  return finish(visit, outcome);
}

// For programs, which come by whatever name they reach the server: nothing in it is secret, or anybody's own.
http::Response Front::public_keys(Visit& visit) const {
  if (visit.request.is_safe()) return answers_.jwks(assertion_jwks(services_.keys, visit.now));
  http::Response response = turn_away(visit, "method_not_allowed", 405);
  response.add("Allow", "GET, HEAD");
  return response;
}

// What the body of a POST carries, read as its type says.
Result<http::Fields> Front::body(Visit& visit, http::BodyKind kind) const {
  const http::Request& request = visit.request;
  const bool takes_file = visit.route->upload;
  if (takes_file && http::content_length(request) > http::max_upload_bytes) {
    return refuse("too_large", {}, 413);  // the server has read past it
  }
  switch (kind) {
    case http::BodyKind::form: return http::parse_form(request.body);
    case http::BodyKind::json: return http::parse_json(request.body);
    case http::BodyKind::picture:
      if (!takes_file) break;
      if (request.body.size() > http::max_file_bytes) return refuse("too_large", {}, 413);
      visit.file = request.body;
      return http::Fields();
    case http::BodyKind::multipart: {
      if (!takes_file) break;
      auto upload = http::parse_multipart(request.body, *request.header("content-type"));
      if (!upload) return refuse(upload.error());
      visit.file = upload->file;
      return std::move(upload->fields);
    }
    case http::BodyKind::none:
    case http::BodyKind::other: break;
  }
  return refuse("unsupported_media_type", {}, 415);
}

// Does the request come from one of our own pages, and what does it carry? A form has to bring its token whatever the
// browser says of its origin; JSON and a bare picture can't be sent across sites without the browser asking first.
Result<http::Fields> Front::fields(Visit& visit) const {
  const http::Request& request = visit.request;
  if (request.is_safe()) return http::parse_form(request.query);
  const http::Provenance provenance = http::provenance(request, services_.settings.public_url);
  if (provenance == http::Provenance::foreign) return refuse("csrf_failed", {}, 403);
  const http::BodyKind kind = http::body_kind(request);
  auto fields = body(visit, kind);
  if (fields && !fields->are_plain()) return refuse("bad_request", {}, 400);
  const bool form = kind == http::BodyKind::form || kind == http::BodyKind::multipart;
  if (!fields || !form) return fields;
  if (visit.visitor.browser.empty()) return refuse("cookies_blocked", {}, 403);
  if (!services_.browsers.is_csrf_token(visit.visitor.browser, (*fields)["csrf"])) {
    return refuse("csrf_failed", {}, 403);
  }
  return fields;
}

// What was typed is sealed, for whoever typed it: addresses are for no log of requests.
std::string Front::way_back(const Visit& visit, const Route& route, const http::Fields& fields) const {
  if (visit.request.is_safe()) return std::string(visit.request.target);
  std::string way(visit.request.path);
  if (route.carried.empty() || !visit.visitor.person) return way;
  std::string sent;
  for (const std::string& name : route.carried) {
    if (!fields.has(name)) continue;
    sent.append(sent.empty() ? "" : "&").append(name).append("=").append(http::query_escape(fields[name]));
  }
  const std::string sealed =
      services_.keys.seal(sent, carried_context(visit.visitor, route), services_.random);
  return way.append("?").append(carried_name).append("=").append(crypto::base64url(sealed));
}

std::optional<http::Fields> Front::bring_back(const Visit& visit, const Route& route,
                                              const http::Fields& fields) const {
  if (!visit.request.is_safe() || route.carried.empty()) return std::nullopt;
  const auto sealed = crypto::from_base64url(fields[carried_name]);
  if (!sealed || sealed->empty()) return std::nullopt;
  try {
    auto sent = http::parse_form(services_.keys.open_sealed(*sealed, carried_context(visit.visitor, route)));
    return sent ? std::optional(std::move(*sent)) : std::nullopt;
  } catch (const std::runtime_error&) {  // made up, or another person's
    return std::nullopt;
  }
}

std::optional<http::Response> Front::keep_out(Visit& visit, const Route& route,
                                              const http::Fields& fields) const {
  if (route.access == Access::anyone) return std::nullopt;
  const std::string query = "?return_to=" + http::query_escape(way_back(visit, route, fields));
  if (!visit.visitor.person) {
    if (visit.asker.json) return turn_away(visit, "unauthenticated", 401);
    return answers_.redirect(services_.path("/login") + query);
  }
  const bool fresh = route.access == Access::fresh ||
                     (route.access == Access::fresh_by_factor && visit.visitor.person->has_second_factor);
  if (fresh && !visit.visitor.person->is_fresh(services_.settings.session.fresh, visit.now)) {
    if (visit.asker.json) return turn_away(visit, "fresh_required", 403);
    return answers_.redirect(services_.path("/reauthenticate") + query);
  }
  return std::nullopt;
}

// What was done is said once, on the page that it leads to: not in the address, where anybody's link could say it, and a reload would
// say it again.
std::string_view Front::take_notice(const Visit& visit, Outcome& outcome) const {
  const std::string& cookie = services_.cookies.notice;
  if (visit.asker.json) return {};
  if (!outcome.notice.empty()) {
    const std::string at = outcome.location.substr(0, outcome.location.find('?'));
    outcome.with(http::Cookie{cookie, outcome.notice + ":" + http::query_escape(at), notice_lifetime});
    return {};
  }
  if (visit.request.method != "GET" || outcome.status != 200 || outcome.page.empty()) return {};
  if (visit.brought_back) return "brought_back";
  const std::string_view kept = http::find_cookie(visit.request, cookie).value_or(std::string_view());
  const std::size_t colon = kept.find(':');
  if (colon == std::string_view::npos || kept.substr(colon + 1) != http::query_escape(visit.request.path))
    return {};
  outcome.with(http::Cookie{cookie, "", std::chrono::seconds(0)});
  const std::string_view notice = kept.substr(0, colon);
  const bool plain =
      std::all_of(notice.begin(), notice.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
  return plain ? notice : std::string_view();
}

http::Response Front::finish(const Visit& visit, Outcome& outcome) const {
  const std::string_view notice = take_notice(visit, outcome);
  return answers_.of(outcome, visit.asker, visit.request.path, notice,
                     services_.browsers.csrf_token(visit.visitor.browser, services_.random));
}

}  // namespace doorward::engine
