#include "engine/answer.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace doorward::engine {
namespace {

using nlohmann::json;

std::string dump(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

http::Response json_response(const settings::Settings& settings, const json& value, int status,
                             const char* type = "application/json") {
  http::Response response;
  response.status = status;
  response.add("Content-Type", type);
  response.add("Cache-Control", "no-store");
  add_security_headers(response, settings);
  response.body = dump(value);
  return response;
}

void add_retry_after(http::Response& response, const std::vector<Refusal>& refusals) {
  for (const Refusal& refusal : refusals) {
    if (refusal.retry_after.count() == 0) continue;
    response.add("Retry-After", std::to_string(refusal.retry_after.count()));
    return;
  }
}

pages::Reader reader_of(const Asker& asker) {
  if (asker.visitor == nullptr || !asker.visitor->person) return asker.locale;
  const records::Account& account = asker.visitor->person->account;
  return {asker.locale, account.time_zone, account.clock};
}

}  // namespace

const char* const page_policy =
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'";
const char* const bytes_policy =
    "default-src 'none'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; "
    "sandbox";

void add_security_headers(http::Response& response, const settings::Settings& settings, const char* policy) {
  // same-origin, not no-referrer: with that browsers send "Origin: null" along with our own forms.
  response.add("Referrer-Policy", "same-origin");
  response.add("X-Content-Type-Options", "nosniff");
  response.add("Cross-Origin-Opener-Policy", "same-origin");
  response.add("Cross-Origin-Resource-Policy", "same-origin");
  response.add("Content-Security-Policy", policy);
  response.add("X-Frame-Options", "DENY");
  response.add("X-Robots-Tag", "noindex");
  // Of this host only: what else lives below its name isn't Doorward's to bind (RFC 6797 6.1).
  if (settings.secure && settings.hsts) response.add("Strict-Transport-Security", "max-age=31536000");
}

Answers::Answers(const settings::Settings& settings, const pages::Renderer& renderer,
                 const http::CookieNames& cookies)
    : settings_(settings), renderer_(renderer), cookies_(cookies) {}

json Answers::frame(const Asker& asker) const {
  const auto at = [&](std::string_view path) { return settings_.mount + std::string(path); };
  const auto versioned = [&](std::string_view name) {
    const pages::Asset* asset = renderer_.asset(name);
    return asset == nullptr ? std::string() : at("/theme/") + std::string(name) + "?v=" + asset->version;
  };
  json model = {{"site",
                 {{"name", settings_.site.name},
                  {"support_email", settings_.site.support_email},
                  {"support_url", settings_.site.support_url},
                  {"home", settings_.site.home}}},
                {"links",
                 {{"account", at("/")},
                  {"login", at("/login")},
                  {"recovery", at("/recovery")},
                  {"logout", at("/logout")},
                  {"profile", at("/profile")},
                  {"avatar", at("/avatar")},
                  {"time_zones", at("/time-zones")},
                  {"emails", at("/emails")},
                  {"notifications", at("/notifications")},
                  {"security", at("/security")},
                  {"password", at("/password")},
                  {"strength", at("/password/strength")},
                  {"two_factor", at("/two-factor")},
                  {"sessions", at("/sessions")},
                  {"preferences", at("/preferences")},
                  {"activity", at("/activity")},
                  {"export", at("/export")},
                  {"deletion", at("/deletion")},
                  {"home", settings_.site.home},
                  {"style", versioned("style.css")},
                  {"menu_style", versioned("menu.css")},
                  {"icon", versioned("icon.svg")}}}};
  for (const std::string& script : renderer_.scripts())
    model["links"]["script_" + script] = versioned(script + ".js");
  if (settings_.signup.enabled) model["links"]["signup"] = at("/signup");
  if (!asker.return_to.empty()) {
    model["return_to"] = asker.return_to;
    for (const char* link : {"login", "signup"}) {
      if (!model["links"].contains(link)) continue;
      auto& address = model["links"][link];
      address = address.get<std::string>() + "?return_to=" + http::query_escape(asker.return_to);
    }
  }
  if (asker.visitor != nullptr && asker.visitor->person) {
    const signin::Recognized& person = *asker.visitor->person;
    const std::string letters = initials(person.account.name);
    model["me"] = {{"name", person.account.name},
                   {"email", person.email},
                   {"initials", letters.empty() ? initials(person.email) : letters},
                   {"administrator", person.is_administrator()}};
    model["theme"] = person.account.theme;
    if (!person.account.avatar.empty()) model["me"]["picture"] = at("/avatar?v=") + person.account.avatar;
  }
  return model;
}

std::string Answers::text_of(const Refusal& refusal, const std::string& locale) const {
  json arguments = json::object();
  for (const auto& [name, value] : refusal.arguments) {
    const bool number = !value.empty() && value.size() < 10 &&
                        std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
    arguments[name] = number ? json(std::stol(value)) : json(value);
  }
  return renderer_.text("error." + refusal.code, arguments, locale);
}

void Answers::add_refusals(json& model, const std::vector<Refusal>& refusals,
                           const std::string& locale) const {
  for (const Refusal& refusal : refusals) {
    const std::string text = text_of(refusal, locale);
    if (refusal.field.empty()) {
      model["error"] = text;
    } else {
      model["errors"][refusal.field] = text;
    }
  }
}

http::Response Answers::page(std::string_view name, const json& model, int status, const Asker& asker) const {
  json whole = frame(asker);
  whole.update(model);
  http::Response response;
  response.status = status;
  response.add("Content-Type", "text/html; charset=utf-8");
  response.add("Content-Language", asker.locale);
  response.add("Cache-Control", "no-store");
  response.add("Vary", "Cookie, Accept, Accept-Language");
  add_security_headers(response, settings_);
  response.body = renderer_.page(name, whole, reader_of(asker));
  return response;
}

http::Response Answers::bytes(const flows::Bytes& bytes, int status) const {
  http::Response response;
  response.status = status;
  response.add("Content-Type", bytes.content_type);
  const auto seconds = bytes.keep_for.count();
  response.add("Cache-Control",
               seconds == 0 ? "no-store" : "private, immutable, max-age=" + std::to_string(seconds));
  response.add("Vary", "Cookie");
  response.add("Content-Disposition",
               bytes.file_name.empty() ? "inline" : "attachment; filename=\"" + bytes.file_name + "\"");
  add_security_headers(response, settings_, bytes_policy);
  response.body = bytes.body;
  return response;
}

http::Response Answers::problem(const flows::Outcome& outcome, const Asker& asker) const {
  const Refusal& first = outcome.refusals.front();
  json problem = {{"type", "urn:doorward:problem:" + first.code},
                  {"title", text_of(first, asker.locale)},
                  {"status", outcome.status},
                  {"code", first.code}};
  if (!asker.id.empty()) problem["id"] = asker.id;
  json errors = json::array();
  for (const Refusal& refusal : outcome.refusals) {
    if (refusal.field.empty()) continue;
    errors.push_back(
        {{"field", refusal.field}, {"code", refusal.code}, {"detail", text_of(refusal, asker.locale)}});
  }
  if (!errors.empty()) problem["errors"] = std::move(errors);
  http::Response response = json_response(settings_, problem, outcome.status, "application/problem+json");
  add_retry_after(response, outcome.refusals);
  return response;
}

http::Response Answers::error(std::string_view code, int status, const Asker& asker) const {
  if (asker.json) {
    flows::Outcome outcome;
    outcome.with(Refusal{std::string(code), {}, {}, status, {}});
    return problem(outcome, asker);
  }
  json model = {{"status", status}, {"code", code}, {"id", asker.id}};
  if (code == "wrong_address")
    model["site"] = {{"name", settings_.site.name}, {"home", settings_.public_url + settings_.site.home}};
  return page("error", model, status, asker);
}

http::Response Answers::next(const flows::Outcome& outcome) const {
  json step = {{"next", outcome.location}};
  if (!outcome.notice.empty()) step["notice"] = outcome.notice;
  return json_response(settings_, step, 200);
}

http::Response Answers::of(const flows::Outcome& outcome, const Asker& asker, std::string_view action,
                           std::string_view notice, std::string_view csrf) const {
  http::Response response;
  if (outcome.page == "error") {
    response = error(outcome.model.at("code").get<std::string>(), outcome.status, asker);
  } else if (outcome.bytes) {
    response = bytes(*outcome.bytes, outcome.status);
  } else if (!outcome.location.empty()) {
    response = asker.json ? next(outcome) : redirect(outcome.location);
  } else if (asker.json && outcome.refusals.empty() && outcome.status >= 400) {
    response = error(outcome.page, outcome.status, asker);  // a page of its own: "link_invalid"
  } else if (asker.json && !outcome.refusals.empty() && outcome.status >= 400) {
    response = problem(outcome, asker);
  } else if (asker.json) {
    json model = outcome.model;
    add_refusals(model, outcome.refusals, asker.locale);
    response = json_response(settings_, model, outcome.status);
  } else {
    json model = outcome.model;
    model["action"] = action;
    model["csrf"] = csrf;
    if (!notice.empty()) {
      const std::string key = "notice." + std::string(notice);
      std::string text = renderer_.text(key, json::object(), asker.locale);
      if (text != key) model["notice"] = std::move(text);
    }
    add_refusals(model, outcome.refusals, asker.locale);
    response = page(outcome.page, model, outcome.status, asker);
    add_retry_after(response, outcome.refusals);
  }
  for (const http::Cookie& cookie : outcome.cookies) {
    response.add("Set-Cookie", http::to_header(cookie, settings_.secure));
  }
  return response;
}

http::Response Answers::asset(std::string_view name, bool versioned) const {
  http::Response response;
  const pages::Asset* asset = renderer_.asset(name);
  if (asset == nullptr) {
    response.status = 404;
    response.add("Content-Type", "text/plain");
    add_security_headers(response, settings_);
    return response;
  }
  response.add("Content-Type", asset->content_type);
  response.add("Cache-Control", versioned ? "public, max-age=31536000, immutable" : "no-cache");
  add_security_headers(response, settings_);
  response.body = asset->bytes;
  return response;
}

http::Response Answers::jwks(std::string keys) const {
  http::Response response;
  response.add("Content-Type", "application/jwk-set+json");
  // A key is shown for a week before it signs, so an hour is never too long.
  response.add("Cache-Control", "public, max-age=3600");
  add_security_headers(response, settings_);
  response.body = std::move(keys);
  return response;
}

http::Response Answers::redirect(const std::string& path) const {
  http::Response response;
  response.status = 303;
  response.add("Location", path);
  response.add("Cache-Control", "no-store");
  add_security_headers(response, settings_);
  return response;
}

}  // namespace doorward::engine
