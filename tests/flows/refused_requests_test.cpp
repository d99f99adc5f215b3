#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "engine/assemble.hpp"
#include "engine/jobs.hpp"
#include "records/audit_entry.hpp"
#include "steps.hpp"

// Whatever is refused is on record once (SECURITY: REJ), and nobody can fill the record with it.
namespace doorward::test {
namespace {

constexpr const char* form_type = "application/x-www-form-urlencoded";

class refused_requests : public ::testing::Test {
 protected:
  refused_requests() {
    ada = site.account("ada@example.org");
    person.login("ada@example.org");
    person.get("/account/profile");
  }
  // What the audit has got since the last call.
  std::vector<records::AuditEntry> news() {
    auto entries = site.database().read(
        [](records::Transaction& tx) { return records::find_all<records::AuditEntry>(tx, {}); });
    std::erase_if(entries, [&](const auto& entry) { return !known_.insert(entry.id).second; });
    return entries;
  }
  void expect_one(const std::string& action, const std::string& outcome, const std::string& what) {
    const auto entries = news();
    ASSERT_EQ(entries.size(), 1U) << what;
    EXPECT_EQ(entries[0].action + " " + entries[0].outcome, action + " " + outcome) << what;
    EXPECT_EQ(entries[0].address, "192.0.2.7") << what;
    EXPECT_EQ(entries[0].request.size(), 16U) << what;
  }

  Site site{"limits:\n  address_failures: 1000\n  site_failures: 10000\n"};
  AccountId ada;
  Browser person{site};
  std::set<std::string> known_;
};

TEST_F(refused_requests, each_leaves_one_record_on_every_route) {
  news();
  for (const flows::Route& route : engine::all_routes()) {
    const std::string path = route.absolute ? route.path : "/account" + route.path;
    Browser browser = person;
    browser.send("PUT", path, "", {});
    expect_one("request", "method_not_allowed", path);
    if (route.post == nullptr) continue;
    const auto refused = [&](const std::map<std::string, std::string>& headers, const std::string& body,
                             const std::string& code) {
      const Answer answer = browser.send("POST", path, body, headers);
      EXPECT_EQ(answer.status / 100, 4) << path;
      expect_one("request", code, path + " " + code);
    };
    refused({{"content-type", form_type}, {"origin", "https://evil.example"}}, "a=b", "csrf_failed");
    refused({{"content-type", form_type}, {"origin", Site::origin}}, "a=b", "csrf_failed");
    refused({{"content-type", "text/plain"}}, "x", "unsupported_media_type");
    refused({{"content-type", "application/json"}}, "{", "bad_request");
    refused({{"content-type", "application/json"}}, std::string(20000, ' '), "too_large");
    refused({{"content-type", "application/json"}, {"host", "evil.example"}}, "{}", "wrong_address");
  }
}

TEST_F(refused_requests, what_flows_refuse_leaves_one_record_too) {
  Browser nobody(site);
  nobody.get("/account/login");
  news();
  nobody.post_json("/account/login", R"({"identifier":"ada@example.org"})");
  expect_one("login", "required", "no password");
  nobody.post_json("/account/login", R"({"identifier":"ada@example.org","password":"wrong-password-here"})");
  expect_one("login", "invalid_credentials", "a wrong one");
  nobody.post_json("/account/signup", R"({"name":"Eve","email":"eve@example.org","password":"short"})");
  expect_one("request", "password_too_short", "a short one");
  nobody.post_json("/account/recovery", R"({"identifier":""})");
  expect_one("request", "required", "nobody asked for");
  nobody.post_json("/account/recovery/check", R"({"code":"12345678"})");
  expect_one("request", "code_expired", "a code");
  for (const char* path : {"/account/recovery/reset", "/account/invitation", "/account/verify-email"}) {
    nobody.post_json(path, "{}");
    expect_one("request", "link_invalid", path);
    nobody.get(path);
    expect_one("request", "link_invalid", path);
  }
  nobody.post_json("/account/profile", R"({"name":"Eve"})");
  expect_one("request", "unauthenticated", "nobody's name");
  person.post_json("/account/profile", R"({"name":""})");
  EXPECT_TRUE(has_happened(site, "ada@example.org", "request name_required")) << "about who did it";
  expect_one("request", "name_required", "no name");
  person.post_json("/account/sessions", R"({"session":"x"})");
  expect_one("request", "not_found", "no session");
}

TEST_F(refused_requests, what_is_not_refused_or_only_looked_at_leaves_none) {
  news();
  Browser nobody(site);
  for (const char* path :
       {"/account/login", "/account/", "/account/nothing-here", "/account/theme/none.css"}) {
    nobody.get(path);
    nobody.send("GET", path, "", {{"accept", "application/json"}});
  }
  nobody.send("POST", "/account/nothing-here", "{}", {{"content-type", "application/json"}});
  EXPECT_TRUE(news().empty());
  person.post_json("/account/profile", R"({"name":"Ada"})");
  EXPECT_EQ(news().size(), 1U) << "the change";
}

TEST_F(refused_requests, a_record_holds_nothing_that_was_typed) {
  news();
  const std::string secret = "tangerine-secret-47";
  person.send("POST", "/account/login?password=" + secret, "password=" + secret + "&identifier=" + secret,
              {{"content-type", form_type}, {"origin", "https://" + secret}, {"user-agent", secret}});
  const auto entries = news();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].details, "POST /login");
  EXPECT_EQ((entries[0].action + entries[0].outcome).find(secret), std::string::npos);
}

// Asked for as a web server asks, on a thread that mustn't wait.
class refused_places : public refused_requests {
 protected:
  int ask_for(const Browser& browser, std::string_view path, engine::Rule rule) {
    const std::string cookie = "__Host-doorward=" + browser.cookies.at("__Host-doorward");
    const std::string_view cookies[] = {cookie};
    const engine::Decision decision = site.engine().guard().resolve(cookies, rule);
    if (decision.verdict == engine::Verdict::allow) return 200;
    http::Request request;
    request.method = "GET";
    request.scheme = "https";
    request.target = request.path = path;
    request.query = "secret=tangerine";
    request.client_address = "192.0.2.7";
    request.headers = {{"Host", "example.org"}, {"Accept", "text/html"}, {"Sec-Fetch-Mode", "navigate"}};
    http::Response made;
    const auto* identity = decision.identity ? decision.identity.operator->() : nullptr;
    return site.engine().refuse(request, decision.verdict, made, identity).status;
  }
  std::vector<records::AuditEntry> written() {
    site.engine().jobs().run_once();
    return news();
  }
  const engine::Rule for_administrators{true, {}, "administrator"};
};

TEST_F(refused_places, who_lacks_the_role_is_on_record) {  // T231
  news();
  EXPECT_EQ(ask_for(person, "/admin/page.html", for_administrators), 403);
  EXPECT_TRUE(news().empty()) << "nobody waits for it";
  const auto entries = written();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].action + " " + entries[0].outcome, "request forbidden");
  EXPECT_EQ(entries[0].details, "GET /admin/page.html");
  EXPECT_EQ(entries[0].actor, ada.str());
  EXPECT_EQ(entries[0].subject, ada);
  EXPECT_EQ(entries[0].address, "192.0.2.7");
  const auto lines = site.log().lines();
  EXPECT_TRUE(std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
    return line.find(entries[0].request) != std::string::npos;
  })) << "the page's reference";
  EXPECT_EQ(ask_for(person, "/admin/page.html", {true, {}, {}}), 200);
  EXPECT_TRUE(written().empty());
}

TEST_F(refused_places, who_has_only_to_sign_in_or_confirm_is_not) {
  site.clock().pass(std::chrono::hours(1));
  news();
  EXPECT_EQ(ask_for(person, "/page.html", {true, std::chrono::minutes(5), {}}), 303);
  person.cookies["__Host-doorward"] = "nobody";
  EXPECT_EQ(ask_for(person, "/page.html", for_administrators), 303);
  EXPECT_TRUE(written().empty());
}

TEST_F(refused_places, a_flood_leaves_few_and_says_how_many_it_were) {
  news();
  for (int i = 0; i < 1000; ++i) ask_for(person, "/admin/page.html", for_administrators);
  auto entries = written();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].details, "GET /admin/page.html; not recorded one by one before it: 999");
  site.clock().pass(std::chrono::minutes(1));
  ask_for(person, "/admin/page.html", for_administrators);
  EXPECT_EQ(written().size(), 1U);
  for (int i = 0; i < 1000; ++i) ask_for(person, "/admin/" + std::to_string(i), for_administrators);
  EXPECT_LE(written().size(), 100U);
}

TEST_F(refused_places, one_a_minute_is_on_record_whatever_the_clock_does) {
  news();
  const auto asked_thrice = [&] {
    for (int i = 0; i < 3; ++i) ask_for(person, "/admin/page.html", for_administrators);
    return written().size();
  };
  EXPECT_EQ(asked_thrice(), 1U);
  site.clock().pass(std::chrono::seconds(59));
  EXPECT_EQ(asked_thrice(), 0U);
  site.clock().pass(std::chrono::seconds(1));
  EXPECT_EQ(asked_thrice(), 1U);
  site.clock().pass(-std::chrono::minutes(10));
  EXPECT_EQ(asked_thrice(), 1U) << "it was ahead";
}

TEST_F(refused_places, a_path_is_cut_and_shows_nothing_that_could_be_taken_for_more) {
  news();
  const std::string unseen = "GET a path that can't be shown";
  for (const auto& [path, expected] :
       {std::pair<std::string, std::string>("/" + std::string(5000, 'x'), "GET /" + std::string(199, 'x')),
        {"/a\nb", unseen},
        {"/\xff", unseen}}) {
    ask_for(person, path, for_administrators);
    site.clock().pass(std::chrono::minutes(1));
    const auto entries = written();
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_EQ(entries[0].details, expected);
  }
}

TEST(refused_requests_of_strangers, do_not_fill_the_store_and_those_left_out_are_counted) {  // T239
  Site site;
  site.account("ada@example.org");
  const auto count = [&] {
    return site.database().read(
        [](records::Transaction& tx) { return records::find_all<records::AuditEntry>(tx, {}).size(); });
  };
  const auto flood = [&](const char* body, int n) {
    for (int i = 0; i < n; ++i) {
      Browser stranger(site);
      stranger.address = "198.51.100." + std::to_string(i % 200);
      EXPECT_EQ(stranger.post_json("/account/login", body).status / 100, 4);
    }
  };
  const std::size_t before = count();
  flood("{", 1000);
  EXPECT_EQ(count() - before, 200U) << "four times limits.address_failures";
  site.clock().pass(std::chrono::minutes(1));
  flood("{", 1);
  EXPECT_EQ(count() - before, 201U);
  bool told = false;
  const auto entries = site.database().read(
      [](records::Transaction& tx) { return records::find_all<records::AuditEntry>(tx, {}); });
  for (const auto& entry : entries)
    told = told || entry.details == "POST /login; not recorded one by one before it: 800";
  EXPECT_TRUE(told);
  // Passwords that have to wait are no way to fill it either.
  flood(R"({"identifier":"ada@example.org","password":"wrong-password-here"})", 500);
  EXPECT_LT(count() - before, 201U + 20U);
  Browser other(site);
  other.address = "203.0.113.1";
  other.post_json("/account/login", "{");
  EXPECT_EQ(other.post_json("/account/login", "{").status, 400);
}

}  // namespace
}  // namespace doorward::test
