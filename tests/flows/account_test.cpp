#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "steps.hpp"

namespace doorward::test {
namespace {

TEST(account, says_who_is_signed_in_and_leads_to_everything) {  // M17
  Site site;
  site.account("ada@example.org");
  Browser browser(site), phone(site);
  browser.login("ada@example.org");
  phone.login("ada@example.org");
  for (const char* path : {"/account/", "/account"}) {
    const Answer answer = browser.get(path);
    EXPECT_EQ(answer.status, 200);
    for (const char* part : {"Ada Lovelace", "ada@example.org", "/account/profile", "/account/password",
                             "/account/sessions", "/account/logout"}) {
      EXPECT_TRUE(answer.says(part)) << part;
    }
  }
  const Answer data = browser.send("GET", "/account/", "", {{"accept", "application/json"}});
  EXPECT_EQ(data.header("content-type"), "application/json");
  EXPECT_TRUE(data.says("\"devices\":2")) << data.body;
  const auto identity = nlohmann::json::parse(data.body).at("identity");
  EXPECT_EQ(identity.at("name"), "Ada Lovelace");
  EXPECT_EQ(identity.at("email"), "ada@example.org");
  for (const char* unsaid :
       {"phone", "picture", "locale", "time_zone", "clock", "mac_format", "theme", "roles"})
    EXPECT_EQ(identity.at(unsaid), "") << unsaid;
}

TEST(account, shows_the_phone_number_to_people_and_tells_it_to_programs) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  browser.submit("/account/profile", {{"name", "Ada"}, {"phone", "+4930901820"}});
  EXPECT_TRUE(browser.get("/account/").says(">+49 30 901820<"));
  const Answer data = browser.send("GET", "/account/", "", {{"accept", "application/json"}});
  EXPECT_EQ(nlohmann::json::parse(data.body).at("identity").at("phone"), "+4930901820") << data.body;
}

TEST(account, who_is_not_signed_in_comes_back_after_signing_in) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  const Answer sent = browser.get("/account/profile?x=1");
  EXPECT_EQ(sent.status, 303);
  EXPECT_EQ(sent.location, "/account/login?return_to=%2Faccount%2Fprofile%3Fx%3D1");
  const Answer back =
      browser.submit(sent.location, {{"identifier", "ada@example.org"}, {"password", Site::password}});
  EXPECT_EQ(back.location, "/account/profile?x=1");
  EXPECT_EQ(browser.follow(back).status, 200);
}

TEST(account, password_managers_find_the_way_to_a_new_password) {  // T065
  Site site;
  Browser browser(site);
  const Answer answer = browser.get("/.well-known/change-password");
  EXPECT_EQ(answer.status, 303);
  EXPECT_EQ(answer.location, "/account/password");
}

TEST(account, speaks_the_language_of_the_browser) {  // M22
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  const std::string english = browser.get("/account/").body;
  browser.language = "de-CH,de;q=0.9,en;q=0.5";
  const Answer german = browser.get("/account/");
  EXPECT_EQ(german.header("content-language"), "de");
  EXPECT_NE(german.body, english);
}

}  // namespace
}  // namespace doorward::test
