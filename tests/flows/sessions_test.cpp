#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "authenticator.hpp"

namespace doorward::test {
namespace {

constexpr const char* page = "/account/sessions";

std::vector<std::string> listed(const Answer& answer) {  // ids of the sessions that can be ended
  std::vector<std::string> ids;
  static const std::regex button("name=\"session\" value=\"([^\"]+)\"");
  for (std::sregex_iterator at(answer.body.begin(), answer.body.end(), button), end; at != end; ++at)
    ids.push_back((*at)[1]);
  return ids;
}

TEST(sessions, says_where_one_is_signed_in) {  // M16
  Site site;
  site.account("ada@example.org");
  Browser here(site), phone(site);
  phone.user_agent =
      "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile "
      "Safari/604.1";
  phone.address = "203.0.113.77";
  here.login("ada@example.org");
  phone.login("ada@example.org");
  const Answer answer = here.get(page);
  for (const char* part : {"Firefox", "Linux", "192.0.2.7", "Safari", "iPhone", "203.0.113.77"})
    EXPECT_TRUE(answer.says(part)) << part;
  EXPECT_EQ(listed(answer).size(), 1U) << "all but this one can be ended";
  EXPECT_EQ(answer.body.find(here.cookies["__Host-doorward"]), std::string::npos);
  EXPECT_EQ(answer.body.find(phone.cookies["__Host-doorward"]), std::string::npos);
}

TEST(sessions, two_alike_are_told_apart_by_whoever_hears_the_buttons) {
  Site site;
  site.account("ada@example.org");
  Browser one(site), other(site), here(site);
  one.login("ada@example.org");
  site.clock().pass(std::chrono::minutes(3));
  other.login("ada@example.org");
  here.login("ada@example.org");
  const std::string body = here.get(page).body;
  static const std::regex label("name=\"session\"[^>]* aria-label=\"([^\"]+)\"");
  std::set<std::string> names;
  for (std::sregex_iterator at(body.begin(), body.end(), label), end; at != end; ++at) names.insert((*at)[1]);
  EXPECT_EQ(names.size(), 2U) << body;
}

TEST(sessions, one_that_is_ended_is_ended_at_its_next_request) {  // T043
  Site site;
  site.account("ada@example.org");
  Browser here(site), phone(site), tablet(site);
  here.login("ada@example.org");
  phone.login("ada@example.org");
  const std::string phones = listed(here.get(page)).front();
  tablet.login("ada@example.org");
  ASSERT_TRUE(phone.signed_in() && tablet.signed_in());
  EXPECT_EQ(here.submit(page, {{"session", phones}}).status, 303);
  EXPECT_FALSE(phone.signed_in());
  EXPECT_TRUE(tablet.signed_in());
  EXPECT_TRUE(here.signed_in());
  EXPECT_TRUE(has_happened(site, "ada@example.org", "session.end ok"));
}

TEST(sessions, all_others_end_together) {
  Site site;
  site.account("ada@example.org");
  site.account("bob@example.org", "Bob");
  Browser here(site), phone(site), tablet(site), bob(site);
  for (Browser* browser : {&here, &phone, &tablet}) browser->login("ada@example.org");
  bob.login("bob@example.org");
  ASSERT_TRUE(phone.signed_in() && tablet.signed_in() && bob.signed_in());
  EXPECT_EQ(here.submit(page, {{"others", "yes"}}).status, 303);
  EXPECT_FALSE(phone.signed_in());
  EXPECT_FALSE(tablet.signed_in());
  EXPECT_TRUE(here.signed_in());
  EXPECT_TRUE(bob.signed_in());
  EXPECT_TRUE(listed(here.get(page)).empty());
}

TEST(sessions, a_browser_that_is_ended_with_all_others_is_trusted_no_more) {  // T043
  Site site;
  const AccountId ada = site.account("ada@example.org");
  const Authenticator authenticator = add_authenticator(site, ada);
  Browser here(site), lost(site);
  login_with_code(lost, "ada@example.org", authenticator.code(site), {{"trust", "yes"}});
  ASSERT_EQ(lost.login("ada@example.org").location, "/account/");
  site.clock().pass(std::chrono::minutes(1));
  login_with_code(here, "ada@example.org", authenticator.code(site));
  EXPECT_EQ(here.submit(page, {{"others", "yes"}}).status, 303);
  EXPECT_EQ(lost.login("ada@example.org").location, "/account/second-factor");
}

TEST(sessions, trust_that_ends_alone_is_on_record_too) {
  Site site;
  const AccountId ada = site.account("ada@example.org");
  const Authenticator authenticator = add_authenticator(site, ada);
  Browser here(site);
  login_with_code(here, "ada@example.org", authenticator.code(site), {{"trust", "yes"}});
  EXPECT_EQ(here.submit(page, {{"others", "yes"}}).status, 303);
  EXPECT_TRUE(has_happened(site, "ada@example.org", "session.end_others ok"));
}

TEST(sessions, somebody_elses_cannot_be_told_from_none) {  // T125
  Site site;
  site.account("ada@example.org");
  site.account("bob@example.org", "Bob");
  Browser ada(site), bob(site), bobs_phone(site);
  ada.login("ada@example.org");
  bob.login("bob@example.org");
  bobs_phone.login("bob@example.org");
  const std::string bobs = listed(bob.get(page)).front();
  ada.get(page);
  const Answer others = ada.post(page, {{"session", bobs}});
  ada.get(page);
  const Answer none = ada.post(page, {{"session", "0190a1b2-0000-7000-8000-000000000000"}});
  EXPECT_EQ(others.status, 404);
  EXPECT_EQ(masked(others), masked(none));
  EXPECT_TRUE(bobs_phone.signed_in());
}

TEST(sessions, nothing_ends_where_it_is_not_said_what) {
  Site site;
  site.account("ada@example.org");
  Browser here(site), phone(site);
  for (Browser* browser : {&here, &phone}) browser->login("ada@example.org");
  const std::string phones = listed(here.get(page)).front();
  for (const std::string& odd :
       {std::string("{}"), std::string(R"({"others":false})"), std::string(R"({"others":"maybe"})"),
        R"({"others":true,"session":")" + phones + "\"}",
        R"({"others":"maybe","session":")" + phones + "\"}"})
    EXPECT_EQ(here.post_json(page, odd).status, 400) << odd;
  EXPECT_TRUE(phone.signed_in());
  EXPECT_EQ(here.post_json(page, R"({"others":false,"session":")" + phones + "\"}").status, 200);
  EXPECT_FALSE(phone.signed_in());
}

TEST(sessions, those_that_ran_out_are_not_listed) {
  Site site;
  site.account("ada@example.org");
  Browser early(site), late(site);
  early.login("ada@example.org");
  site.clock().pass(std::chrono::hours(2));
  late.login("ada@example.org");
  EXPECT_TRUE(listed(late.get(page)).empty());
}

TEST(sessions, what_a_browser_claims_to_be_does_no_harm) {  // T181
  Site site;
  site.account("ada@example.org");
  Browser here(site), odd(site);
  odd.user_agent = "<script>alert(1)</script>\" onload=\"x Firefox/1";
  here.login("ada@example.org");
  odd.login("ada@example.org");
  odd.user_agent = "";
  const Answer answer = here.get(page);
  EXPECT_EQ(answer.status, 200);
  EXPECT_FALSE(answer.says("<script"));
  EXPECT_FALSE(answer.says("onload"));
}

TEST(sessions, reading_ones_own_pages_keeps_one_signed_in) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  for (int i = 0; i < 6; ++i) {  // 3 hours, where idle is one
    site.clock().pass(std::chrono::minutes(30));
    EXPECT_EQ(browser.get("/account/").status, 200) << i;
  }
  EXPECT_TRUE(browser.signed_in());
  site.clock().pass(std::chrono::hours(1));
  EXPECT_EQ(browser.get("/account/").status, 303);
}

TEST(sessions, a_browser_is_called_by_its_name_and_version) {
  Site site;
  site.account("ada@example.org", "Ada", true);
  Browser here(site), phone(site), odd(site);
  phone.user_agent =
      "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile "
      "Safari/604.1";
  odd.user_agent = "Firefox/99999999999999999999";
  here.login("ada@example.org");
  phone.submit("/backup-login", {{"identifier", "ada@example.org"}, {"password", Site::password}});
  odd.login("ada@example.org");
  const Answer answer = here.get(page);
  EXPECT_TRUE(answer.says("Firefox 128 · Linux"));
  EXPECT_TRUE(answer.says("Safari 17 · iPhone"));
  EXPECT_TRUE(answer.says("Backup sign-in"));
  EXPECT_FALSE(answer.says("9999"));
}

TEST(sessions, eight_stand_on_a_page_and_all_can_be_ended) {
  Site site;
  site.account("ada@example.org");
  Browser here(site);
  here.login("ada@example.org");
  for (int i = 0; i < 12; ++i) {
    site.clock().pass(std::chrono::seconds(1));
    Browser(site).login("ada@example.org");
  }
  const Answer first = here.get(page), second = here.get("/account/sessions?page=2");
  EXPECT_EQ(listed(first).size(), 7U) << "and this one";
  EXPECT_EQ(listed(second).size(), 5U);
  EXPECT_TRUE(first.says("href=\"/account/sessions?page=2\""));
  EXPECT_FALSE(second.says("page=3"));
  for (const char* none : {"0", "1", "3", "02", "-1", "x"})
    EXPECT_EQ(listed(here.get(std::string("/account/sessions?page=") + none)), listed(first)) << none;
  here.get("/account/sessions?page=2");
  EXPECT_EQ(here.post(page, {{"session", listed(second).back()}}).status, 303);
  EXPECT_EQ(listed(here.get("/account/sessions?page=2")).size(), 4U);
}

}  // namespace
}  // namespace doorward::test
