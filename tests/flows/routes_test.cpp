#include <gtest/gtest.h>

#include <algorithm>

#include "engine/assemble.hpp"
#include "flows/flow.hpp"
#include "steps.hpp"

// Sweeps over the table of routes: what has to hold for every page holds for a new one from its birth.
namespace doorward::test {
namespace {

using flows::Access;
using flows::Route;

constexpr const char* form_type = "application/x-www-form-urlencoded";

std::string path_of(const Route& route) { return route.absolute ? route.path : "/account" + route.path; }

class routes : public ::testing::Test {
 protected:
  routes() {
    site.account("ada@example.org", "Ada Lovelace", true);
    person.login("ada@example.org");
    person.get("/account/profile");
    all = engine::all_routes();
  }
  Answer ask(Browser& browser, const std::string& method, const Route& route,
             const std::map<std::string, std::string>& headers, const std::string& body = {}) {
    return browser.send(method, path_of(route), body, headers);
  }

  Site site;
  Browser person{site};
  std::vector<Route> all;
};

TEST_F(routes, there_are_some_and_each_can_be_looked_at) {
  EXPECT_GT(all.size(), 15U);
  for (const Route& route : all) EXPECT_NE(route.get, nullptr) << route.path;
  for (const Route& one : all) {
    EXPECT_EQ(
        std::count_if(all.begin(), all.end(), [&](const Route& r) { return path_of(r) == path_of(one); }), 1)
        << one.path;
  }
}

TEST_F(routes, nothing_is_changed_from_another_site) {  // T051, T055
  for (const Route& route : all) {
    if (route.post == nullptr) continue;
    for (const auto& [name, value] : {std::pair{"origin", "https://evil.example"},
                                      {"origin", "null"},
                                      {"origin", "http://example.org"},
                                      {"origin", "https://example.org.evil.example"},
                                      {"origin", "https://example.org:444"},
                                      {"origin", "https://sub.example.org"},
                                      {"sec-fetch-site", "cross-site"},
                                      {"sec-fetch-site", "same-site"}}) {
      for (const char* type : {form_type, "application/json"}) {
        Browser browser = person;
        const Answer answer = ask(browser, "POST", route, {{"content-type", type}, {name, value}}, "{}");
        EXPECT_EQ(answer.status, 403) << route.path << " " << name << ": " << value << " " << type;
        EXPECT_TRUE(browser.signed_in()) << route.path;
      }
    }
  }
}

TEST_F(routes, no_form_is_taken_without_its_token) {  // T053
  Browser other(site);
  other.get("/account/login");
  const std::string others = other.cookies["__Host-doorward-browser"];
  for (const Route& route : all) {
    if (route.post == nullptr) continue;
    for (const std::string& body :
         {std::string("a=b"), std::string("csrf="), std::string("csrf=") + std::string(43, 'A'),
          "csrf=" + site.engine().services().browsers.csrf_token(others, site.engine().services().random)}) {
      Browser browser = person;
      const Answer answer = ask(
          browser, "POST", route,
          {{"content-type", form_type}, {"origin", Site::origin}, {"sec-fetch-site", "same-origin"}}, body);
      EXPECT_EQ(answer.status, 403) << route.path << " " << body;
    }
    for (const char* from :
         {"", "https://example.org/account/login", "https://evil.example/"}) {  // says little
      Browser browser = person;
      EXPECT_EQ(ask(browser, "POST", route, {{"content-type", form_type}, {"referer", from}}, "a=b").status,
                403)
          << route.path << " " << from;
    }
    Browser without_cookies(site);
    EXPECT_EQ(
        ask(without_cookies, "POST", route, {{"content-type", form_type}, {"origin", Site::origin}}, "a=b")
            .status,
        403)
        << route.path;
  }
}

TEST_F(routes, bodies_of_other_types_are_refused) {  // T029, T053
  for (const Route& route : all) {
    if (route.post == nullptr) continue;
    for (const char* type : {"text/plain", "multipart/form-data; boundary=x", "text/json", "application/xml",
                             "application/jsonx", "application/x-www-form-urlencodedx", ""}) {
      Browser browser = person;
      const Answer answer =
          ask(browser, "POST", route, {{"content-type", type}, {"origin", Site::origin}}, "{\"a\":\"b\"}");
      const bool taken =
          route.upload && std::string_view(type).starts_with("multipart");  // and then it's none
      EXPECT_EQ(answer.status, taken ? 400 : 415) << route.path << " " << type;
    }
  }
}

TEST_F(routes, ambiguous_bodies_are_refused) {  // T029, T189, T241
  std::string many;
  for (int i = 0; i < 10000; ++i) many += "k" + std::to_string(i) + "=v&";
  const std::string deep = std::string(1000, '[') + std::string(1000, ']');
  for (const Route& route : all) {
    if (route.post == nullptr) continue;
    for (const std::string& body :
         {std::string("{\"a\":\"1\",\"a\":\"2\"}"), std::string("{\"a\":[]}"), std::string("{\"a\":{}}"),
          std::string("{\"a\":null}"), std::string("{\"a\":1e309}"), std::string("{\"code\":12345678}"),
          std::string("{\"email[]\":\"a\"}"), std::string("[]"), std::string("{"), std::string("\"a\""),
          std::string("{\"a\":\"\\u0000\"}"), std::string("{\"a\":\"\xff\"}"), deep}) {
      Browser browser = person;
      const Answer answer =
          ask(browser, "POST", route, {{"content-type", "application/json"}, {"origin", Site::origin}}, body);
      EXPECT_EQ(answer.status, 400) << route.path << " " << body.substr(0, 40);
    }
    for (const std::string& body :
         {std::string("a=1&a=2"), std::string("email[]=a"), std::string("email%5B%5D=a"),
          std::string("a%5Bb%5D=c"), std::string("a=%00"), std::string("a=%ff"), many}) {
      Browser browser = person;
      const Answer answer =
          ask(browser, "POST", route, {{"content-type", form_type}, {"origin", Site::origin}}, body);
      EXPECT_TRUE(answer.status == 400 || answer.status == 413)
          << route.path << " " << body.substr(0, 40) << answer.status;
    }
  }
}

TEST_F(routes, a_password_beyond_all_measure_is_refused_before_it_is_looked_at) {  // T003
  const std::string much(1 << 20, 'x');
  const std::pair<const char*, std::string> bodies[] = {
      {form_type, "password=" + much + "&current=" + much + "&new=" + much},
      {"application/json", json({{"password", much}, {"current", much}, {"new", much}})}};
  for (const Route& route : all) {
    if (route.post == nullptr) continue;
    for (const auto& [type, body] : bodies) {
      for (Browser browser : {person, Browser(site)}) {
        const Answer answer =
            ask(browser, "POST", route, {{"content-type", type}, {"origin", Site::origin}}, body);
        EXPECT_EQ(answer.status, 413) << route.path << " " << type;
      }
    }
  }
}

TEST_F(routes, who_is_not_signed_in_is_sent_to_sign_in_or_told_so) {  // T191
  int asked = 0;
  for (const Route& route : all) {
    if (route.access == Access::anyone) continue;
    ++asked;
    Browser nobody(site);
    const Answer page = nobody.get(path_of(route));
    EXPECT_EQ(page.status, 303) << route.path;
    EXPECT_TRUE(page.location.starts_with("/account/login?return_to=")) << page.location;
    EXPECT_TRUE(page.body.empty());
    for (const char* method : {"GET", "POST"}) {
      if (*method == 'P' && route.post == nullptr) continue;
      const Answer data =
          ask(nobody, method, route,
              {{"accept", "application/json"}, {"content-type", *method == 'P' ? "application/json" : ""}},
              *method == 'P' ? "{}" : "");
      EXPECT_EQ(data.status, 401) << method << " " << route.path;
      EXPECT_EQ(data.header("content-type"), "application/problem+json");
      EXPECT_TRUE(data.says("\"code\":\"unauthenticated\"")) << data.body;
    }
    if (route.post == nullptr) continue;
    nobody.get("/account/login");
    EXPECT_EQ(nobody.post(path_of(route), {{"name", "Eve"}, {"others", "yes"}}).status, 303) << route.path;
  }
  EXPECT_GE(asked, 5);
  EXPECT_EQ(person.name(), "Ada Lovelace");
}

TEST_F(routes, what_was_sent_leads_on_by_303_and_stays_out_of_addresses) {  // T059
  int led = 0;
  for (const Route& route : all) {
    if (route.post == nullptr) continue;
    Site fresh;  // since some of this signs out, or changes the password
    fresh.account("ada@example.org", "Ada Lovelace", true);
    Browser browser(fresh);
    browser.login("ada@example.org");
    browser.get("/account/profile");
    // Browser::post looks at what comes.
    const Answer answer = browser.post(path_of(route), {{"identifier", "ada@example.org"},
                                                        {"email", "countess@example.org"},
                                                        {"password", Site::password},
                                                        {"current", Site::password},
                                                        {"new", new_password},
                                                        {"name", "Ada"},
                                                        {"code", "12345678"},
                                                        {"others", "yes"}});
    led += answer.location.empty() ? 0 : 1;
  }
  EXPECT_GE(led, 8);
}

TEST_F(routes, a_session_that_has_ended_is_none) {  // T213
  Browser before = person;
  person.submit("/account/logout", {});
  for (const Route& route : all) {
    if (route.access == Access::anyone) continue;
    EXPECT_EQ(before.get(path_of(route)).status, 303) << route.path;
  }
}

TEST_F(routes, other_methods_are_refused_with_those_that_are_allowed) {  // T056
  for (const Route& route : all) {
    for (const char* method :
         {"PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "Post", "XYZ"}) {
      Browser browser = person;
      const Answer answer =
          ask(browser, method, route, {{"content-type", form_type}, {"origin", Site::origin}}, "a=b");
      EXPECT_EQ(answer.status, 405) << method << " " << route.path;
      EXPECT_EQ(answer.header("allow"), route.post == nullptr ? "GET, HEAD" : "GET, HEAD, POST")
          << route.path;
    }
    if (route.post != nullptr) continue;
    EXPECT_EQ(ask(person, "POST", route, {}).status, 405) << route.path;
  }
}

TEST_F(routes, a_head_is_answered_as_a_get_and_the_server_leaves_the_body_out) {
  for (const Route& route : all) {
    Browser one = person, two = person;
    const Answer get = ask(one, "GET", route, {});
    const Answer head = ask(two, "HEAD", route, {});
    EXPECT_EQ(head.status, get.status) << route.path;
    EXPECT_EQ(head.body.size(), get.body.size()) << route.path;
    EXPECT_EQ(head.header("content-type"), get.header("content-type"));
  }
  EXPECT_FALSE(person.send("HEAD", "/account/nothing-here", "", {}).body.empty());
}

TEST_F(routes, every_answer_tells_browsers_to_be_careful) {  // T060, T211
  std::vector<std::pair<std::string, Answer>> answers;
  for (const Route& route : all) {
    for (const char* type : {"text/html", "application/json"}) {
      Browser one = person, nobody(site);
      answers.emplace_back(route.path, ask(one, "GET", route, {{"accept", type}}));
      answers.emplace_back(route.path + " as nobody", ask(nobody, "GET", route, {{"accept", type}}));
      answers.emplace_back(
          route.path + " refused",
          ask(nobody, "POST", route, {{"accept", type}, {"content-type", "text/plain"}}, "x"));
      answers.emplace_back(route.path + " method", ask(nobody, "PUT", route, {{"accept", type}}));
      answers.emplace_back(route.path + " host",
                           ask(nobody, "GET", route, {{"accept", type}, {"host", "evil.example"}}));
    }
  }
  answers.emplace_back("no page", person.get("/account/nothing-here"));
  for (const auto& [what, answer] : answers) {
    EXPECT_EQ(answer.header("cache-control"), "no-store") << what;
    EXPECT_EQ(answer.header("x-content-type-options"), "nosniff") << what;
    EXPECT_EQ(answer.header("x-frame-options"), "DENY") << what;
    EXPECT_EQ(answer.header("cross-origin-opener-policy"), "same-origin") << what;
    EXPECT_FALSE(answer.header("referrer-policy").empty()) << what;
    EXPECT_EQ(answer.header("strict-transport-security"), "max-age=31536000") << what;
    const std::string policy = answer.header("content-security-policy");
    for (const char* part : {"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'",
                             "form-action 'self'", "object-src 'none'"}) {
      EXPECT_NE(policy.find(part), std::string::npos) << what << ": " << part;
    }
    EXPECT_EQ(policy.find("unsafe"), std::string::npos) << what;
    EXPECT_TRUE(answer.header("access-control-allow-origin").empty()) << what;
    EXPECT_TRUE(answer.header("server").empty()) << what;  // T065
    for (const auto& [name, value] : answer.headers) {
      EXPECT_EQ(value.find_first_of("\r\n"), std::string::npos) << what << ": " << name;
      if (name == "Set-Cookie") {  // T035
        for (const char* flag : {"__Host-", "; Path=/", "; HttpOnly", "; Secure", "; SameSite="}) {
          EXPECT_NE(value.find(flag), std::string::npos) << what << ": " << value;
        }
      }
    }
  }
}

TEST(transport, is_left_to_the_site_where_its_settings_say_so) {
  Site site("hsts: false\n");
  Browser browser(site);
  EXPECT_EQ(browser.get("/account/login").header("strict-transport-security"), "");
}

TEST_F(routes, nothing_that_is_sent_comes_back_as_markup) {  // T061
  const std::string markup = "\"'><svg/onload=alert(1)>{{7*7}}";
  std::string query = "?";
  FormFields fields;
  for (const char* name :
       {"identifier", "email", "name", "code", "return_to", "notice", "token", "error", "error_description",
        "message", "state", "session", "password", "current", "new", "lang"}) {
    query += std::string(query.size() > 1 ? "&" : "") + name + "=" + escape(markup);
    fields.emplace_back(name, markup);
  }
  const auto clean = [&](const Answer& answer, const std::string& what) {
    EXPECT_FALSE(answer.says("<svg/")) << what;
    EXPECT_NE(answer.status, 500) << what;
    for (const auto& [name, value] : answer.headers)
      EXPECT_EQ(value.find("<svg/"), std::string::npos) << what << ": " << name;
  };
  for (const Route& route : all) {
    for (const bool signed_in : {false, true}) {
      Browser browser = signed_in ? person : Browser(site);
      clean(browser.get(path_of(route) + query), "GET " + route.path);
      if (route.post == nullptr) continue;
      browser.get(signed_in ? "/account/profile" : "/account/login");
      clean(browser.post(path_of(route), fields), "POST " + route.path);
    }
  }
  clean(person.get("/account/<svg/onload=alert(1)>"), "an unknown path");
}

TEST_F(routes, a_request_for_another_host_is_misdirected) {  // rule 5
  for (const Route& route : all) {
    for (const char* host : {"evil.example", "example.org.evil.example", "example.org:444", "sub.example.org",
                             "example.org@evil.example", ""}) {
      Browser browser = person;
      const Answer answer = ask(browser, "GET", route, {{"host", host}});
      EXPECT_EQ(answer.status, 421) << route.path << " " << host;
      EXPECT_FALSE(answer.says("evil.example")) << route.path;
      if (route.post == nullptr) continue;
      EXPECT_EQ(ask(browser, "POST", route, {{"host", host}}).status, 421) << route.path;
    }
    Browser browser = person;
    EXPECT_NE(ask(browser, "GET", route, {{"host", "EXAMPLE.org"}}).status, 421) << route.path;
  }
}

TEST_F(routes, paths_are_taken_as_they_are) {
  for (const char* path :
       {"/account/Login", "/account/login/", "/account//login", "/accounts/login", "/account/../backup-login",
        "/account/login%2f", "/account/login;x", "/Backup-login", "/account/backup-login", "/login", "/", "",
        "/x", "account/login"}) {
    const Answer answer = person.send("GET", path, "", {});
    EXPECT_EQ(answer.status, 404) << path;
  }
}

TEST_F(routes, hostile_cookies_are_worth_nothing) {  // T041, T213
  std::string many;
  for (int i = 0; i < 5000; ++i) many += "__Host-doorward-step=" + std::to_string(i) + ";";
  for (const Route& route : all) {
    for (const std::string& cookie :
         {std::string(65536, 'x'), many, std::string(";;;=;\"\xff"),
          std::string("__Host-doorward-browser=\xff; __Host-doorward=\xff"),
          std::string("__Host-doorward=") + std::string(43, '/') +
              "; __Host-doorward-step=" + std::string(4096, '<'),
          std::string(
              "__Host-doorward-device=.....; __Host-doorward-browser=null; __Host-doorward-bounce=x")}) {
      Browser browser(site);
      const Answer answer = ask(browser, "GET", route, {{"cookie", cookie}});
      EXPECT_LT(answer.status, 500) << route.path;
      if (route.access == Access::anyone) continue;
      EXPECT_EQ(answer.status, 303) << route.path;
    }
  }
}

}  // namespace
}  // namespace doorward::test
