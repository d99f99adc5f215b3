#include <gtest/gtest.h>

#include <algorithm>

#include "records/outbox_message.hpp"
#include "steps.hpp"

namespace doorward::test {
namespace {

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++n;
  return n;
}

TEST(new_device, a_sign_in_there_is_told_by_mail) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.address = "203.0.113.77";
  browser.login("ada@example.org");
  const auto letters = site.sign_in_letters();
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_NE(letters[0].to.find("ada@example.org"), std::string::npos);
  for (const char* part : {"203.0.113.77", "Firefox 128, Linux", "UTC",
                           "https://example.org/account/recovery", "https://example.org/account/security"})
    EXPECT_NE(letters[0].text.find(part), std::string::npos) << part << "\n" << letters[0].text;
}

TEST(new_device, the_same_browser_is_new_once) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  EXPECT_EQ(site.sign_in_letters().size(), 1U);
  browser.submit("/account/logout", {});
  site.clock().pass(std::chrono::hours(24 * 100));
  browser.login("ada@example.org");
  browser.submit("/account/reauthenticate", {{"password", Site::password}});
  EXPECT_TRUE(site.sign_in_letters().empty());
}

TEST(new_device, a_browser_that_two_people_share_is_new_to_each_once) {
  Site site;
  site.account("ada@example.org");
  site.account("bob@example.org", "Bob");
  Browser browser(site);
  for (int i = 0; i < 3; ++i) {
    browser.login("ada@example.org");
    browser.submit("/account/logout", {});
    browser.login("bob@example.org");
    browser.submit("/account/logout", {});
  }
  EXPECT_EQ(site.sign_in_letters().size(), 2U);
}

TEST(new_device, somebody_elses_cookie_makes_no_device_known) {
  Site site;
  site.account("ada@example.org");
  site.account("eve@example.org", "Eve");
  Browser eve(site);
  eve.login("eve@example.org");
  eve.submit("/account/logout", {});
  site.sign_in_letters();
  eve.login("ada@example.org");
  EXPECT_EQ(site.sign_in_letters().size(), 1U);
}

TEST(new_device, who_has_just_signed_up_gets_no_such_letter) {
  Site site;
  Browser browser(site);
  const ReadLetter letter = sign_up(site, browser, "grace@example.org");
  browser.submit("/account/verify-email/check", {{"code", letter.code()}});
  ASSERT_TRUE(browser.signed_in());
  browser.submit("/account/logout", {});
  browser.login("grace@example.org");
  EXPECT_TRUE(site.sign_in_letters().empty());
  Browser(site).login("grace@example.org");
  EXPECT_EQ(site.sign_in_letters().size(), 1U);
}

TEST(new_device, nor_who_has_just_accepted_an_invitation) {
  Site site;
  ASSERT_TRUE(site.admin().create({"Ada", "ada@example.org", "", {}, false, false}));
  Browser browser(site);
  browser.follow(browser.get(site.letter().link()));
  ASSERT_EQ(browser.post("/account/invitation", {{"new", Site::password}}).status, 303);
  ASSERT_EQ(browser.login("ada@example.org").status, 303);
  EXPECT_TRUE(site.sign_in_letters().empty());
}

TEST(new_device, after_a_reset_the_sign_in_is_told_of) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  const ReadLetter letter = ask_for_recovery(site, browser, "ada@example.org");
  browser.follow(browser.get(letter.link()));
  ASSERT_EQ(browser.post("/account/recovery/reset", {{"new", new_password}}).status, 303);
  ASSERT_EQ(browser.login("ada@example.org", new_password).status, 303);
  EXPECT_EQ(site.sign_in_letters().size(), 1U);
}

TEST(new_device, a_wrong_password_is_no_sign_in) {
  Site site;
  site.account("ada@example.org");
  Browser(site).login("ada@example.org", "wrong-password-here");
  EXPECT_TRUE(site.sign_in_letters().empty());
}

TEST(new_device, many_fill_no_mailbox_and_none_goes_untold) {
  Site site;
  site.account("ada@example.org");
  const auto sign_in = [&](int i) {
    Browser browser(site);
    browser.address = "192.0.2." + std::to_string(i);
    ASSERT_EQ(browser.login("ada@example.org").status, 303);
  };
  for (int i = 1; i <= 30; ++i) sign_in(i);
  auto letters = site.sign_in_letters();
  // The first waited for nobody, so that those after it, before it was sent, stand in it.
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(count(letters[0].text, "192.0.2."), 10U);
  EXPECT_NE(letters[0].text.find("20 more"), std::string::npos) << letters[0].text;

  std::size_t told = 0, at_once = 0;
  for (int i = 31; i <= 60; ++i) {
    sign_in(i);
    for (const auto& letter : site.sign_in_letters()) {
      ++at_once;
      told += count(letter.text, "192.0.2.");
    }
  }
  EXPECT_EQ(at_once, 2U) << "three an hour go at once";
  site.clock().pass(std::chrono::minutes(10));
  letters = site.sign_in_letters();
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(told + count(letters[0].text, "192.0.2."), 12U);
  EXPECT_NE(letters[0].text.find("18 more"), std::string::npos) << letters[0].text;
}

TEST(new_device, what_a_browser_claims_to_be_stands_in_no_letter) {
  Site site;
  site.account("ada@example.org");
  Browser odd(site);
  odd.user_agent = "click https://evil.example Firefox/1 Linux";
  odd.login("ada@example.org");
  const auto letters = site.sign_in_letters();
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(letters[0].text.find("evil"), std::string::npos);
}

TEST(new_device, who_changes_the_password_has_not_signed_in_anew) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site), other(site);
  browser.login("ada@example.org");
  other.login("ada@example.org");
  site.sign_in_letters();
  site.clock().pass(std::chrono::minutes(1));
  ASSERT_EQ(browser.submit("/account/password", {{"current", Site::password}, {"new", new_password}}).status,
            303);
  EXPECT_TRUE(site.sign_in_letters().empty());
  browser.submit("/account/logout", {});
  browser.login("ada@example.org", new_password);
  EXPECT_TRUE(site.sign_in_letters().empty()) << "it is known still";
  other.login("ada@example.org", new_password);
  EXPECT_EQ(site.sign_in_letters().size(), 1U) << "and others aren't";
}

TEST(new_device, a_session_that_goes_on_in_a_browser_that_is_not_known_is_told_of) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  site.sign_in_letters();
  Browser thief = browser;
  thief.cookies.erase(site.cookie_names().device);
  ASSERT_EQ(thief.submit("/account/two-factor", {{"change", "save"}, {"enabled", "yes"}}).status, 303);
  ASSERT_EQ(thief.submit("/account/password", {{"current", Site::password}, {"new", new_password}}).status,
            303);
  EXPECT_EQ(site.sign_in_letters().size(), 1U);
}

// A letter that is held back, or that no mail server takes, is worth sending for as long as the last that it tells of.
TEST(new_device, a_sign_in_that_joins_a_waiting_letter_has_its_own_day) {
  Site site;
  site.account("ada@example.org");
  const auto sign_in = [&] { ASSERT_EQ(Browser(site).login("ada@example.org").status, 303); };
  const auto expires = [&] {
    return site.database().read([](records::Transaction& tx) {
      Time latest{};
      for (const auto& message : records::find_all<records::OutboxMessage>(tx, {}))
        if (message.kind == "new_sign_in") latest = std::max(latest, message.expires_at);
      return latest;
    });
  };
  sign_in();
  site.clock().pass(std::chrono::hours(20));
  sign_in();
  EXPECT_EQ(expires(), site.clock().now() + std::chrono::hours(24));
}

}  // namespace
}  // namespace doorward::test
