#include "browser.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <regex>

#include "http/cookies.hpp"
#include "http/return_to.hpp"

namespace doorward::test {
namespace {

std::string unescape_html(std::string text) {
  for (const auto& [from, to] :
       {std::pair{"&quot;", "\""}, {"&#39;", "'"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}}) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; ++at)
      text.replace(at, std::strlen(from), to);
  }
  return text;
}

FormFields hidden_fields(const std::string& page) {
  FormFields fields;
  static const std::regex field(R"re(<input type="hidden" name="([^"]+)" value="([^"]*)")re");
  for (std::sregex_iterator at(page.begin(), page.end(), field), end; at != end; ++at) {
    const std::string name = (*at)[1];
    const bool known =
        std::any_of(fields.begin(), fields.end(), [&](const auto& f) { return f.first == name; });
    if (!known) fields.emplace_back(name, unescape_html((*at)[2]));
  }
  return fields;
}

// What was sent in confidence, and what cookies hold, is never part of an address: histories, logs and other sites would have
// it; and no redirect makes a browser send it once more (T059, RFC 9700 4.11).
void expect_careful(const Answer& answer, const FormFields& sent,
                    const std::map<std::string, std::string>& cookies) {
  if (answer.location.empty()) return;
  EXPECT_EQ(answer.status, 303) << answer.location;
  const auto lacks = [&](const std::string& name, const std::string& value) {
    if (value.size() < 6) return;
    EXPECT_EQ(answer.location.find(value), std::string::npos) << name << " in " << answer.location;
    EXPECT_EQ(answer.location.find(escape(value)), std::string::npos) << name << " in " << answer.location;
  };
  for (const auto& [name, value] : sent) {
    for (const char* secret : {"password", "current", "new", "code", "token", "csrf"})
      if (name == secret) lacks(name, value);
  }
  for (const auto& [name, value] : cookies) lacks(name, value);
}

}  // namespace

std::string escape(const std::string& text) { return http::query_escape(text); }

std::string Answer::header(const std::string& name) const {
  for (const auto& [key, value] : headers) {
    if (http::same_ignoring_case(key, name)) return value;
  }
  return {};
}

std::string Answer::heading() const {
  std::smatch found;
  return std::regex_search(body, found, std::regex("<h1>([^<]*)</h1>")) ? unescape_html(found[1])
                                                                        : std::string();
}

std::string Browser::cookie_header() const {
  std::string header;
  for (const auto& [name, value] : cookies) header += (header.empty() ? "" : "; ") + name + "=" + value;
  return header;
}

Answer Browser::send(const std::string& method, const std::string& target, const std::string& body,
                     const std::map<std::string, std::string>& headers) {
  std::map<std::string, std::string> all = {{"host", "example.org"},
                                            {"accept", "text/html"},
                                            {"accept-language", language},
                                            {"user-agent", user_agent},
                                            {"cookie", cookie_header()}};
  for (const auto& [name, value] : headers) all[name] = value;
  http::Request request;
  const std::size_t mark = target.find('?');
  const std::string path = target.substr(0, mark);
  const std::string query = mark == std::string::npos ? "" : target.substr(mark + 1);
  request.method = method;
  request.scheme = "https";
  request.target = target;
  request.path = path;
  request.query = query;
  request.client_address = address;
  request.body = body;
  for (const auto& [name, value] : all) {
    if (!value.empty()) request.headers.emplace_back(name, value);
  }
  const http::Response response = site_.engine().handle(request);

  Answer answer{response.status, {}, {}, response.body, response.headers};
  answer.location = answer.header("location");
  for (const auto& [name, value] : response.headers) {
    if (name != "Set-Cookie") continue;
    const std::size_t equals = value.find('=');
    const std::string cookie = value.substr(0, equals);
    if (value.find("Max-Age=0") != std::string::npos) {
      cookies.erase(cookie);
    } else {
      cookies[cookie] = value.substr(equals + 1, value.find(';') - equals - 1);
      if (cookie.ends_with("-notice")) answer.notice = cookies[cookie].substr(0, cookies[cookie].find(':'));
    }
  }
  if (!answer.body.empty()) hidden_ = hidden_fields(answer.body);
  return answer;
}

Answer Browser::get(const std::string& target) {
  return send("GET", target, "", {{"sec-fetch-mode", "navigate"}});
}

Answer Browser::post(const std::string& path, const FormFields& typed) {
  FormFields fields = hidden_;
  for (const auto& field : typed) {
    std::erase_if(fields, [&](const auto& known) { return known.first == field.first; });
    fields.push_back(field);
  }
  std::string body;
  for (const auto& [name, value] : fields)
    body += (body.empty() ? "" : "&") + escape(name) + "=" + escape(value);
  Answer answer = send("POST", path, body,
                       {{"origin", Site::origin},
                        {"sec-fetch-site", "same-origin"},
                        {"sec-fetch-mode", "navigate"},
                        {"content-type", "application/x-www-form-urlencoded"}});
  expect_careful(answer, fields, cookies);
  return answer;
}

Answer Browser::submit(const std::string& target, const FormFields& typed) {
  const Answer page = get(target);
  if (page.status != 200) return page;
  return post(target.substr(0, target.find('?')), typed);
}

Answer Browser::upload(const std::string& page, const std::string& path, const std::string& file,
                       const std::string& name) {
  get(page);
  const std::string line = "\r\n", edge = "--WebKitFormBoundaryx7" + line;
  std::string body;
  for (const auto& [field, value] : hidden_) {
    if (field == "remove") continue;  // of the form beside it
    body += edge + "Content-Disposition: form-data; name=\"" + field + "\"" + line + line + value + line;
  }
  body += edge + "Content-Disposition: form-data; name=\"picture\"; filename=\"" + name + "\"" + line +
          "Content-Type: image/png" + line + line + file + line + "--WebKitFormBoundaryx7--" + line;
  return send("POST", path, body,
              {{"origin", Site::origin},
               {"sec-fetch-site", "same-origin"},
               {"sec-fetch-mode", "navigate"},
               {"content-type", "multipart/form-data; boundary=WebKitFormBoundaryx7"}});
}

Answer Browser::post_json(const std::string& path, const std::string& body) {
  return send(
      "POST", path, body,
      {{"origin", Site::origin}, {"accept", "application/json"}, {"content-type", "application/json"}});
}

Answer Browser::login(const std::string& identifier, const std::string& password) {
  return submit("/account/login", {{"identifier", identifier}, {"password", password}});
}

engine::Verdict Browser::may_pass(const engine::Rule& rule) {
  const std::string header = cookie_header();
  const std::string_view headers[] = {header};
  return site_.engine().guard().resolve(headers, rule).verdict;
}

std::string Browser::fact(engine::Identity::Fact fact) {
  const std::string header = cookie_header();
  const std::string_view headers[] = {header};
  const auto decision = site_.engine().guard().resolve(headers, {false, {}, {}});
  return decision.identity ? std::string(decision.identity->fact(fact)) : std::string();
}

}  // namespace doorward::test
