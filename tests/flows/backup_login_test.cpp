#include <gtest/gtest.h>

#include "steps.hpp"

namespace doorward::test {
namespace {

constexpr const char* page = "/backup-login";

FormFields as(const std::string& who, const std::string& password = Site::password) {
  return {{"identifier", who}, {"password", password}};
}

TEST(backup_login, lets_administrators_in_and_nobody_else) {  // M12, T205
  Site site;
  site.account("root@example.org", "Root", true);
  site.account("ada@example.org");
  Browser root(site), ada(site);
  const Answer in = root.submit(page, as("root@example.org"));
  EXPECT_EQ(in.status, 303);
  EXPECT_EQ(in.location, "/account/");
  EXPECT_TRUE(root.signed_in());
  const Answer out = ada.submit(page, as("ada@example.org"));
  EXPECT_EQ(out.status / 100, 4);
  EXPECT_FALSE(ada.signed_in());
  EXPECT_TRUE(has_happened(site, "ada@example.org", "backup_login not_administrator"));
  EXPECT_TRUE(has_happened(site, "root@example.org", "backup_login ok"));
}

TEST(backup_login, says_the_same_of_wrong_passwords_whoever_is_asked_for) {
  Site site;
  site.account("root@example.org", "Root", true);
  site.account("ada@example.org");
  const auto refused = [&](const std::string& who) {
    Browser browser(site);
    return masked(browser.submit(page, as(who, "wrong-password-here")), who);
  };
  const std::string wrong = refused("root@example.org");
  EXPECT_EQ(refused("ada@example.org"), wrong);
  EXPECT_EQ(refused("nobody@example.org"), wrong);
}

TEST(backup_login, its_session_is_short_however_busy) {
  Site site;
  site.account("root@example.org", "Root", true);
  Browser browser(site);
  browser.submit(page, as("root@example.org"));
  for (int i = 0; i < 2; ++i) {
    site.clock().pass(std::chrono::minutes(14));
    EXPECT_TRUE(browser.signed_in());
    EXPECT_EQ(browser.submit("/account/reauthenticate", {{"password", Site::password}}).status, 303);
  }
  site.clock().pass(std::chrono::minutes(2));
  EXPECT_FALSE(browser.signed_in()) << "confirming does not prolong it";
}

TEST(backup_login, a_short_session_is_none_that_can_be_turned_into_a_long_one) {
  Site site;
  site.account("root@example.org", "Root", true);
  Browser browser(site);
  browser.submit(page,
                 {{"identifier", "root@example.org"}, {"password", Site::password}, {"remember", "yes"}});
  site.clock().pass(std::chrono::seconds(1));
  browser.submit("/account/password", {{"current", Site::password}, {"new", new_password}});
  EXPECT_TRUE(browser.signed_in());
  site.clock().pass(std::chrono::minutes(30));
  EXPECT_FALSE(browser.signed_in());
}

TEST(backup_login, every_administrator_is_told) {  // M12
  Site site;
  site.account("root@example.org", "Root", true);
  site.account("other@example.org", "Other", true);
  site.account("ada@example.org");
  Browser browser(site);
  browser.address = "203.0.113.50";
  browser.submit(page, as("root@example.org"));
  const auto letters = site.letters();
  std::string to;
  for (const ReadLetter& letter : letters) {
    to += letter.to + " ";
    EXPECT_NE(letter.text.find("root@example.org"), std::string::npos) << letter.text;
    EXPECT_NE(letter.text.find("203.0.113.50"), std::string::npos) << letter.text;
  }
  EXPECT_EQ(letters.size(), 2U) << to;
  EXPECT_NE(to.find("other@example.org"), std::string::npos);
  EXPECT_EQ(to.find("ada@example.org"), std::string::npos);
}

TEST(backup_login, who_is_disabled_is_told_no_more) {
  Site site;
  site.account("root@example.org", "Root", true);
  site.account("gone@example.org", "Gone", true);
  ASSERT_TRUE(site.admin().set_status("gone@example.org", records::Account::Status::disabled));
  site.letters();
  Browser(site).submit(page, as("root@example.org"));
  EXPECT_NE(site.letter().to.find("root@example.org"), std::string::npos);
}

TEST(backup_login, nobody_else_can_fill_the_mailboxes_of_administrators) {
  Site site;
  site.account("root@example.org", "Root", true);
  site.account("eve@example.org", "Your bank: call +1 555 0100");
  const auto knock = [&](const std::string& who) {
    Browser browser(site);
    EXPECT_EQ(browser.submit(page, as(who)).status / 100, 4);
    return site.letters();
  };
  const auto letters = knock("eve@example.org");
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_NE(letters[0].text.find("eve@example.org"), std::string::npos) << letters[0].text;
  EXPECT_EQ(letters[0].text.find("bank"), std::string::npos) << "a stranger's words in a letter of the site";
  for (int minute = 0; minute < 59; ++minute) {
    site.clock().pass(std::chrono::minutes(1));
    EXPECT_TRUE(knock("eve@example.org").empty()) << minute;
  }
  EXPECT_TRUE(has_happened(site, "eve@example.org", "backup_login not_administrator"));
  site.clock().pass(std::chrono::minutes(2));
  EXPECT_EQ(knock("eve@example.org").size(), 1U);
}

TEST(backup_login, nor_can_many_accounts_together) {
  Site site;
  site.account("root@example.org", "Root", true);
  std::size_t letters = 0;
  for (int i = 0; i < 15; ++i) {
    const std::string who = "eve" + std::to_string(i) + "@example.org";
    site.account(who, "Eve");
    Browser browser(site);
    browser.submit(page, as(who));
    letters += site.letters().size();
  }
  EXPECT_EQ(letters, 10U);
  Browser root(site);
  EXPECT_EQ(root.submit(page, as("root@example.org")).status, 303);
  EXPECT_EQ(site.letters().size(), 1U) << "what an administrator does is told all the same";
}

TEST(backup_login, works_when_no_letter_can_be_sent) {  // T205
  Site site;
  site.account("root@example.org", "Root", true);
  std::filesystem::remove_all(site.folder() / "mails");
  Browser browser(site);
  EXPECT_EQ(browser.submit(page, as("root@example.org")).status, 303);
  site.engine().send_due();
  EXPECT_TRUE(browser.signed_in());
}

TEST(backup_login, can_be_limited_to_networks) {
  Site site("backup_login:\n  allowed_addresses: [192.0.2.0/24, \"2001:db8::/32\"]\n");
  site.account("root@example.org", "Root", true);
  for (const char* outside : {"198.51.100.1", "192.0.3.1", "2001:db9::1", "", "unix:"}) {
    Browser browser(site);
    browser.address = outside;
    EXPECT_EQ(browser.get(page).status, 404) << outside;
    EXPECT_EQ(browser.post_json(page, json(as("root@example.org"))).status, 404) << outside;
    EXPECT_FALSE(browser.signed_in());
  }
  for (const char* inside : {"192.0.2.7", "2001:db8::7"}) {
    Browser browser(site);
    browser.address = inside;
    EXPECT_EQ(browser.submit(page, as("root@example.org")).status, 303) << inside;
  }
}

TEST(backup_login, failures_count_together_with_those_at_the_usual_door) {  // T021
  Site site;
  site.account("root@example.org", "Root", true);
  for (int i = 0; i < 10; ++i) {
    Browser stranger(site);
    stranger.address = "198.51." + std::to_string(i) + ".1";
    const FormFields wrong = as("root@example.org", "wrong-password-" + std::to_string(i));
    EXPECT_EQ(stranger.submit(i % 2 == 0 ? page : "/account/login", wrong).status, 422);
  }
  Browser stranger(site);
  const Answer answer = stranger.submit(page, as("root@example.org"));
  EXPECT_EQ(answer.status, 429);
  EXPECT_FALSE(answer.header("retry-after").empty());
  EXPECT_FALSE(stranger.signed_in());
}

TEST(backup_login, administrators_who_were_disabled_or_deleted_stay_outside) {  // T207
  Site site;
  site.account("root@example.org", "Root", true);
  site.account("off@example.org", "Off", true);
  site.account("gone@example.org", "Gone", true);
  ASSERT_TRUE(site.admin().set_status("off@example.org", records::Account::Status::disabled));
  ASSERT_TRUE(site.admin().remove("gone@example.org"));
  for (const char* who : {"off@example.org", "gone@example.org"}) {
    Browser browser(site);
    EXPECT_EQ(browser.submit(page, as(who)).status, 422) << who;
    EXPECT_FALSE(browser.signed_in());
  }
}

TEST(backup_login, nothing_leads_there_and_search_engines_keep_away) {
  Site site;
  Browser browser(site);
  for (const char* path : {"/account/login", "/account/signup", "/account/recovery", "/account/logout"}) {
    EXPECT_FALSE(browser.get(path).says("backup-login")) << path;
  }
  EXPECT_NE(browser.get(page).header("x-robots-tag").find("noindex"), std::string::npos);
}

}  // namespace
}  // namespace doorward::test
