#include <gtest/gtest.h>

#include "steps.hpp"

namespace doorward::test {
namespace {

using engine::Verdict;

TEST(login, leads_to_where_the_person_wanted_to_go) {  // M5
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  const Answer answer = browser.submit("/account/login?return_to=%2Fmembers%2F%3Fa%3D1",
                                       {{"identifier", "ada@example.org"}, {"password", Site::password}});
  EXPECT_EQ(answer.status, 303);
  EXPECT_EQ(answer.location, "/members/?a=1");
  EXPECT_TRUE(browser.signed_in());
  EXPECT_EQ(browser.name(), "Ada Lovelace");
}

TEST(login, takes_any_spelling_of_an_address_and_the_login_name) {  // M14
  Site site;
  engine::NewAccount wanted{"Ada", "ada@example.org", "Countess", Site::password, false, false};
  ASSERT_TRUE(site.admin().create(wanted));
  for (const char* typed : {"ada@example.org", "  ADA@Example.ORG. ", "countess", "COUNTESS"}) {
    Browser browser(site);
    EXPECT_EQ(browser.login(typed).status, 303) << typed;
    EXPECT_TRUE(browser.signed_in()) << typed;
  }
}

TEST(login, says_the_same_whoever_is_asked_for) {
  Site site;
  site.account("ada@example.org");
  site.account("off@example.org");
  ASSERT_TRUE(site.admin().set_status("off@example.org", records::Account::Status::disabled));
  const auto refused = [&](const std::string& who, const std::string& password) {
    Browser browser(site);
    const Answer page = browser.login(who, password);
    const Answer data =
        browser.post_json("/account/login", json({{"identifier", who}, {"password", password}}));
    EXPECT_FALSE(browser.signed_in());
    return masked(page, who) + masked(data, who);
  };
  const std::string wrong = refused("ada@example.org", "wrong-password-here");
  EXPECT_EQ(refused("nobody@example.org", "wrong-password-here"), wrong);
  EXPECT_EQ(refused("off@example.org", Site::password), wrong);
  EXPECT_NE(wrong.find("422"), std::string::npos);
}

TEST(login, spaces_and_case_belong_to_the_password) {  // T005
  Site site;
  site.account("ada@example.org");
  for (const std::string wrong :
       {" tangerine-wardrobe-92", "tangerine-wardrobe-92 ", "Tangerine-wardrobe-92"}) {
    Browser browser(site);
    EXPECT_EQ(browser.login("ada@example.org", wrong).status, 422) << wrong;
  }
}

TEST(login, ten_wrong_passwords_from_ten_places_make_the_eleventh_wait) {  // T021
  Site site;
  site.account("ada@example.org");
  for (int i = 0; i < 10; ++i) {
    Browser stranger(site);
    stranger.address = "198.51." + std::to_string(i) + ".1";
    EXPECT_EQ(stranger.login("ada@example.org", "wrong-password-" + std::to_string(i)).status, 422);
  }
  Browser stranger(site);
  stranger.address = "203.0.113.9";
  const Answer right = stranger.login("ada@example.org");
  EXPECT_EQ(right.status, 429);
  EXPECT_FALSE(right.header("retry-after").empty());
  EXPECT_FALSE(stranger.signed_in());
  EXPECT_EQ(stranger.login("ada@example.org", "wrong-password-11").status, 429);
}

TEST(login, limits_do_not_tell_that_two_identifiers_are_one_persons) {  // T021, M14
  Site site;
  ASSERT_TRUE(site.admin().create({"Ada", "ada@example.org", "countess", Site::password, false, false}));
  int from = 0;
  const auto ask = [&](const std::string& who, const std::string& password) {
    Browser stranger(site);
    stranger.address = "198.51." + std::to_string(from++) + ".1";
    return stranger.login(who, password);
  };
  for (int i = 0; i < 10; ++i) EXPECT_EQ(ask("ada@example.org", "wrong-password-here").status, 422);
  EXPECT_EQ(ask("ada@example.org", "wrong-password-here").status, 429);
  for (const std::string password : {"wrong-password-here", Site::password}) {
    const std::string nobodys = masked(ask("nobody", password), "nobody");
    EXPECT_EQ(masked(ask("countess", password), "countess"), nobodys)
        << "neither that it is hers, nor that the password is right";
  }
  EXPECT_TRUE(has_happened(site, "ada@example.org", "login too_many_attempts")) << "the audit knows";
  site.clock().pass(std::chrono::minutes(15));
  EXPECT_EQ(ask("countess", Site::password).status, 303);
}

TEST(login, tries_by_all_identifiers_of_an_account_count_together) {  // T021
  Site site;
  ASSERT_TRUE(site.admin().create({"Ada", "ada@example.org", "countess", Site::password, false, false}));
  for (int i = 0; i < 10; ++i) {
    Browser stranger(site);
    stranger.address = "198.51." + std::to_string(i) + ".1";
    EXPECT_EQ(stranger.login(i % 2 == 0 ? "ada@example.org" : "countess", "wrong-password-here").status, 422);
  }
  for (const char* who : {"ada@example.org", "countess"}) {
    Browser stranger(site);
    EXPECT_EQ(stranger.login(who).status, 422) << who;
    EXPECT_FALSE(stranger.signed_in()) << who;
  }
}

TEST(login, strangers_cannot_lock_the_owner_out_of_a_known_browser) {
  Site site;
  site.account("ada@example.org");
  Browser owner(site);
  owner.login("ada@example.org");
  owner.submit("/account/logout", {});
  for (int i = 0; i < 12; ++i) {
    Browser stranger(site);
    stranger.address = "198.51." + std::to_string(i) + ".1";
    stranger.login("ada@example.org", "wrong-password-" + std::to_string(i));
  }
  EXPECT_EQ(owner.login("ada@example.org").status, 303);
  EXPECT_TRUE(owner.signed_in());
}

// What one tries with a browser in which somebody has signed in before, without waiting.
int tries_of_a_known_browser(Browser& browser) {
  int tries = 0;
  while (browser.login("ada@example.org", "wrong-password-" + std::to_string(tries)).status == 422) ++tries;
  return tries;
}

TEST(login, who_knew_the_password_once_has_no_tries_of_their_own_after_it_was_reset) {  // T021, T043
  Site site;
  site.account("ada@example.org");
  Browser owner(site), thief(site);
  std::vector<std::string> kept;
  for (int i = 0; i < 8; ++i) {
    thief.cookies.clear();
    thief.login("ada@example.org");
    kept.push_back(thief.cookies["__Host-doorward-device"]);
  }
  owner.login("ada@example.org");
  site.clock().pass(std::chrono::seconds(1));
  owner.submit("/account/password", {{"current", Site::password}, {"new", new_password}});
  thief.cookies.clear();
  EXPECT_EQ(tries_of_a_known_browser(thief), 10) << "a stranger's, once";
  for (const std::string& device : kept) {
    thief.cookies["__Host-doorward-device"] = device;
    EXPECT_EQ(tries_of_a_known_browser(thief), 0);
  }
  owner.submit("/account/logout", {});
  EXPECT_EQ(owner.login("ada@example.org", new_password).status, 303)
      << "the browser that changed the password is still known";
}

TEST(login, browsers_that_somebody_has_signed_in_with_have_five_times_as_many_tries_together) {  // T021
  Site site;
  site.account("ada@example.org");
  std::vector<Browser> browsers(20, Browser(site));
  for (Browser& browser : browsers) {
    browser.login("ada@example.org");
    browser.submit("/account/logout", {});
  }
  int tries = 0;
  for (Browser& browser : browsers) tries += tries_of_a_known_browser(browser);
  EXPECT_EQ(tries, 50);
}

TEST(login, a_form_from_another_site_is_refused) {  // T051, T055
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.get("/account/login");
  const std::string body = "identifier=ada%40example.org&password=" + escape(Site::password);
  for (const auto& [name, value] : {std::pair{"origin", "https://evil.example"},
                                    {"origin", "null"},
                                    {"sec-fetch-site", "cross-site"},
                                    {"sec-fetch-site", "same-site"}}) {
    const Answer answer =
        browser.send("POST", "/account/login", body,
                     {{"content-type", "application/x-www-form-urlencoded"}, {name, value}});
    EXPECT_EQ(answer.status, 403) << name << ": " << value;
    EXPECT_FALSE(browser.signed_in());
  }
}

TEST(login, a_form_without_its_token_is_refused_whatever_the_browser_says) {  // T053
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.get("/account/login");
  const Answer answer =
      browser.send("POST", "/account/login", "identifier=ada%40example.org&password=x",
                   {{"content-type", "application/x-www-form-urlencoded"}, {"origin", Site::origin}});
  EXPECT_EQ(answer.status, 403);
}

TEST(login, json_signs_in_and_other_types_do_not) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  const std::string body =
      std::string(R"({"identifier":"ada@example.org","password":")") + Site::password + "\"}";
  EXPECT_EQ(browser.send("POST", "/account/login", body, {{"content-type", "text/plain"}}).status, 415);
  EXPECT_FALSE(browser.signed_in());
  const Answer answer = browser.post_json("/account/login", body);
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.says("\"next\":\"/\"")) << answer.body;
  EXPECT_TRUE(browser.signed_in());
}

TEST(login, json_refusals_are_problems_with_stable_codes) {
  Site site;
  Browser browser(site);
  const Answer answer =
      browser.post_json("/account/login", R"({"identifier":"a@b.org","password":"nope nope nope"})");
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(answer.header("content-type"), "application/problem+json");
  EXPECT_TRUE(answer.says("\"code\":\"invalid_credentials\"")) << answer.body;
}

TEST(login, ambiguous_bodies_are_refused) {  // T029
  Site site;
  Browser browser(site);
  for (const char* body :
       {R"({"identifier":"a","identifier":"b"})", R"({"identifier":["a"]})", R"({"identifier":null})",
        R"([])", R"({"identifier":{"a":1}})", "{", "", R"({"identifier":1e309})"}) {
    EXPECT_EQ(browser.post_json("/account/login", body).status, 400) << body;
  }
  browser.get("/account/login");
  EXPECT_EQ(browser.post("/account/login?x=1", {{"identifier", "a"}, {"password", "b"}}).status, 422);
  EXPECT_EQ(browser
                .send("POST", "/account/login", "csrf=a&csrf=b",
                      {{"content-type", "application/x-www-form-urlencoded"}, {"origin", Site::origin}})
                .status,
            400);
}

TEST(login, the_session_cookie_is_as_strict_as_browsers_allow) {  // T035
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  const Answer answer = browser.login("ada@example.org");
  bool found = false;
  for (const auto& [name, value] : answer.headers) {
    if (name != "Set-Cookie" || value.find("__Host-doorward=") != 0) continue;
    found = true;
    for (const char* flag : {"; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"}) {
      EXPECT_NE(value.find(flag), std::string::npos) << value;
    }
    EXPECT_EQ(value.find("Domain"), std::string::npos);
    EXPECT_EQ(value.find("Max-Age"), std::string::npos)
        << "goes with the browser unless it is to be remembered";
  }
  EXPECT_TRUE(found);
}

TEST(login, begun_in_two_tabs_and_ended_in_both_leaves_one_session_of_the_last) {  // T033
  Site site;
  site.account("ada@example.org");
  site.account("bob@example.org", "Bob");
  Browser first(site);
  first.get("/account/login");
  Browser second = first;
  second.get("/account/login");
  EXPECT_EQ(
      first.post("/account/login", {{"identifier", "ada@example.org"}, {"password", Site::password}}).status,
      303);
  const Browser before = first;
  second.cookies = first.cookies;
  EXPECT_EQ(
      second.post("/account/login", {{"identifier", "bob@example.org"}, {"password", Site::password}}).status,
      303);
  EXPECT_EQ(second.name(), "Bob");
  Browser old = before;
  EXPECT_FALSE(old.signed_in()) << "the session that the second one took the place of";
}

TEST(login, no_other_spelling_of_a_cookie_is_the_cookie) {  // T039: the last character has two bits to spare
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  const std::string token = browser.cookies["__Host-doorward"];
  for (const char last : std::string("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=")) {
    browser.cookies["__Host-doorward"] = token.substr(0, 42) + last;
    EXPECT_EQ(browser.signed_in(), last == token.back()) << last;
  }
}

TEST(login, an_altered_cookie_is_nobodys) {  // T039
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  const std::string token = browser.cookies["__Host-doorward"];
  std::string last = token;
  last.back() = last.back() == 'A' ? 'B' : 'A';
  for (const std::string& altered :
       {token.substr(1), token.substr(0, 42), token + "A", token + "=", last,
        std::string("%41") + token.substr(1), std::string(43, 'A'), std::string()}) {
    browser.cookies["__Host-doorward"] = altered;
    EXPECT_EQ(browser.may_pass(), Verdict::sign_in) << altered;
  }
  browser.cookies["__Host-doorward"] = token;
  EXPECT_TRUE(browser.signed_in());
}

TEST(login, an_evil_return_address_leads_home) {  // T057
  Site site;
  site.account("ada@example.org");
  for (const char* evil :
       {"//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example",
        "/%09/evil.example", "/%5cevil.example", "javascript:alert(1)", "https://example.org@evil.example",
        "https://evil.example", "/a\r\nSet-Cookie: x=1", "/%0d%0aX: y", "/a#b", ""}) {
    Browser browser(site);
    const Answer answer = browser.submit(std::string("/account/login?return_to=") + escape(evil),
                                         {{"identifier", "ada@example.org"}, {"password", Site::password}});
    EXPECT_EQ(answer.location, "/") << evil;
  }
}

TEST(login, going_round_in_circles_ends_with_a_reason) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  EXPECT_EQ(browser.get("/account/login?return_to=%2Fa").location, "/a");
  const Answer again = browser.get("/account/login?return_to=%2Fa");
  EXPECT_EQ(again.status, 409);
  EXPECT_TRUE(again.location.empty());
}

}  // namespace
}  // namespace doorward::test
