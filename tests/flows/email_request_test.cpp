#include <gtest/gtest.h>

#include "addresses.hpp"

namespace doorward::test {
namespace {

constexpr const char* page = "/account/emails/request";
constexpr const char* by_request = "emails:\n  change: request\nsite:\n  support_email: help@example.org\n";

TEST(email_request, goes_to_those_who_run_the_site) {  // M9
  Site site(by_request);
  const AccountId ada = site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  EXPECT_TRUE(browser.get("/account/emails").says("/account/emails/request"));
  const Answer asked = browser.submit(page, {{"email", "ada@new.example"}});
  EXPECT_EQ(asked.leads(), "/account/emails: address_requested");
  EXPECT_TRUE(browser.follow(asked).says("on its way"));
  const ReadLetter letter = site.letter();
  EXPECT_NE(letter.to.find("help@example.org"), std::string::npos);
  for (const std::string& part : {std::string("Ada Lovelace"), std::string("ada@example.org"),
                                  std::string("ada@new.example"), ada.str()})
    EXPECT_NE(letter.text.find(part), std::string::npos) << part;
  EXPECT_TRUE(has_happened(site, "ada@example.org", "email.request ok"));
  EXPECT_EQ(addresses(site, "ada@example.org"), std::vector<std::string>{"ada@example.org"});
}

TEST(email_request, is_asked_for_by_who_can_show_the_password_again) {
  Site site(by_request);
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  browser.get(page);
  site.clock().pass(std::chrono::minutes(16));
  const Answer asked = browser.post(page, {{"email", "ada@new.example"}});
  EXPECT_TRUE(asked.location.starts_with("/account/reauthenticate")) << asked.status << asked.location;
  EXPECT_TRUE(site.letters().empty());
  browser.follow(asked);
  const Answer back = browser.post("/account/reauthenticate", {{"password", Site::password}});
  EXPECT_TRUE(browser.follow(back).says("ada@new.example")) << "what was typed is there again";
}

TEST(email_request, nothing_is_changed_by_its_owner_there) {  // M9
  Site site(by_request);
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  const std::string id = address_id(site, "ada@example.org", "ada@example.org");
  const Answer list = browser.get("/account/emails");
  for (const char* path : {"/account/emails/add", "/account/emails/change", "/account/emails/primary",
                           "/account/emails/remove"}) {
    EXPECT_FALSE(list.says(path)) << path;
    EXPECT_EQ(browser.post_json(path, json({{"email", id}})).status, 404) << path;
  }
  for (const char* path : {"/account/emails/add", "/account/emails/change"})
    EXPECT_EQ(browser.get(path).status, 404) << path;
  EXPECT_EQ(browser.post_json("/account/emails", json({{"code", "00000000"}})).status, 404);
  EXPECT_EQ(browser.post_json("/account/emails/confirm", "{}").status, 410);
  EXPECT_TRUE(site.letters().empty());
}

TEST(email_request, there_is_none_where_people_change_their_own) {
  Site site("site:\n  support_email: help@example.org\n");
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  EXPECT_EQ(browser.get(page).status, 404);
  EXPECT_EQ(browser.post_json(page, json({{"email", "ada@new.example"}})).status, 404);
}

TEST(email_request, without_an_address_to_write_to_the_page_says_whom_to_ask) {
  Site site("emails:\n  change: request\n");
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  const Answer answer = browser.get(page);
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.says("people who run Harbour Notes"));
  EXPECT_FALSE(answer.says("name=\"email\""));
  EXPECT_EQ(browser.post_json(page, json({{"email", "ada@new.example"}})).status, 404);
}

TEST(email_request, one_person_asks_five_times_an_hour_and_keeps_nobody_else_from_it) {
  Site site(by_request);
  site.account("ada@example.org");
  site.account("bob@example.org", "Bob");
  Browser ada(site), bob(site);
  ada.login("ada@example.org");
  bob.login("bob@example.org");
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(ada.post_json(page, json({{"email", "ada" + std::to_string(i) + "@new.example"}})).status, 200);
  EXPECT_EQ(ada.post_json(page, json({{"email", "ada@new.example"}})).status, 429);
  EXPECT_EQ(bob.post_json(page, json({{"email", "bob@new.example"}})).status, 200);
}

TEST(email_request, what_is_no_new_address_is_refused_at_the_field) {
  Site site(by_request);
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  for (const char* bad : {"", "ada", "Ada@example.org", "a@b.example, c@d.example"})
    EXPECT_EQ(browser.post_json(page, json({{"email", bad}})).status, 422) << bad;
}

}  // namespace
}  // namespace doorward::test
