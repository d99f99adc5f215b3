#include <gtest/gtest.h>

#include "steps.hpp"

namespace doorward::test {
namespace {

constexpr const char* page = "/account/invitation";
const FormFields chosen = {{"new", new_password}};

ReadLetter invite(Site& site, const std::string& email = "grace@example.org") {
  EXPECT_TRUE(site.admin().create({"Grace Hopper", email, "", std::nullopt, false, false}));
  return site.letter();
}

TEST(invitation, leads_to_a_first_password_and_a_verified_address) {  // M4
  Site site;
  const ReadLetter letter = invite(site);
  EXPECT_NE(letter.to.find("grace@example.org"), std::string::npos);
  EXPECT_FALSE(site.admin().show("grace@example.org")->emails.front().verified_at);
  Browser browser(site);
  const Answer opened = browser.get(letter.link());
  EXPECT_EQ(opened.location, page);
  EXPECT_EQ(browser.follow(opened).status, 200);
  const Answer done = browser.post(page, chosen);
  EXPECT_TRUE(done.location.starts_with("/account/login")) << done.location;
  EXPECT_FALSE(browser.signed_in()) << "the person signs in then";
  EXPECT_EQ(browser.login("grace@example.org", new_password).status, 303);
  EXPECT_TRUE(browser.signed_in());
  EXPECT_TRUE(site.admin().show("grace@example.org")->emails.front().verified_at);
  EXPECT_TRUE(has_happened(site, "grace@example.org", "invitation.accept ok"));
}

TEST(invitation, looking_at_it_changes_nothing_and_it_works_once) {  // T083
  Site site;
  const ReadLetter letter = invite(site);
  for (int i = 0; i < 3; ++i) {
    Browser scanner(site);
    EXPECT_EQ(scanner.follow(scanner.get(letter.link())).status, 200);
  }
  Browser browser(site), again(site);
  browser.follow(browser.get(letter.link()));
  again.follow(again.get(letter.link()));
  EXPECT_EQ(browser.post(page, chosen).status, 303);
  EXPECT_EQ(again.post(page, {{"new", "another-thing-entirely-5"}}).status, 410);
  EXPECT_EQ(browser.login("grace@example.org", new_password).status, 303);
}

TEST(invitation, of_many_at_once_one_is_accepted) {  // T085
  Site site("password:\n  hash_wait: 30s\n");
  Browser browser(site);
  browser.get(invite(site).link());
  const auto answers = at_once(20, [&](int i) {
    Browser one = browser;
    return one.post_json(page, json({{"new", std::to_string(i) + "-periwinkle-lighthouse"}}));
  });
  EXPECT_EQ(count_status(answers, 200), 1);
  EXPECT_EQ(count_status(answers, 410) + count_status(answers, 503), 19);  // gone, or all seats taken
}

TEST(invitation, ends_after_a_week) {
  Site site;
  Browser browser(site);
  const ReadLetter letter = invite(site);
  site.clock().pass(std::chrono::hours(7 * 24) - std::chrono::seconds(1));
  EXPECT_EQ(browser.follow(browser.get(letter.link())).status, 200);
  site.clock().pass(std::chrono::seconds(1));
  EXPECT_EQ(browser.post(page, chosen).status, 410);
}

TEST(invitation, before_it_is_accepted_nobody_gets_in) {
  Site site;
  invite(site);
  Browser browser(site);
  EXPECT_EQ(browser.login("grace@example.org").status, 422);
  EXPECT_EQ(browser.login("grace@example.org", " ").status, 422);
  EXPECT_FALSE(browser.signed_in());
}

TEST(invitation, a_second_one_does_not_outlive_the_first_acceptance) {
  Site site;
  const ReadLetter first = invite(site);
  ASSERT_TRUE(site.admin().invite("grace@example.org"));
  const ReadLetter second = site.letter();
  Browser browser(site), late(site);
  browser.follow(browser.get(first.link()));
  EXPECT_EQ(browser.post(page, chosen).status, 303);
  EXPECT_EQ(late.follow(late.get(second.link())).status, 410);
}

TEST(invitation, an_address_that_somebody_else_confirmed_meanwhile_is_theirs) {  // T079
  Site site;
  const ReadLetter letter = invite(site);
  Browser owner(site), invited(site);
  const ReadLetter own = sign_up(site, owner, "grace@example.org");
  EXPECT_EQ(owner.post("/account/verify-email/check", {{"code", own.code()}}).status, 303);
  ASSERT_TRUE(owner.signed_in());
  invited.follow(invited.get(letter.link()));
  EXPECT_EQ(invited.post(page, chosen).status, 410);
  EXPECT_EQ(invited.login("grace@example.org", new_password).status, 422);
  EXPECT_TRUE(owner.signed_in());
}

TEST(invitation, of_an_account_that_was_disabled_or_deleted_is_void) {  // T081
  Site site;
  for (const bool deleted : {false, true}) {
    const std::string who = deleted ? "gone@example.org" : "off@example.org";
    Browser browser(site);
    browser.follow(browser.get(invite(site, who).link()));
    if (deleted) {
      ASSERT_TRUE(site.admin().remove(who));
    } else {
      ASSERT_TRUE(site.admin().set_status(who, records::Account::Status::disabled));
    }
    EXPECT_EQ(browser.post(page, chosen).status, 410) << who;
  }
}

TEST(invitation, the_rules_for_passwords_hold_here_too) {  // T007
  Site site;
  Browser browser(site);
  browser.follow(browser.get(invite(site).link()));
  for (const std::string bad : {"", "short", "passwordpassword", "grace.hopper.grace", "grace@example.org"}) {
    EXPECT_EQ(browser.post(page, {{"new", bad}}).status, 422) << bad;
  }
  EXPECT_EQ(browser.post(page, chosen).status, 303);
}

TEST(invitation, a_password_from_an_administrator_is_good_for_choosing_another_only) {  // T193, D1
  Site site;
  site.account("ada@example.org");
  Browser before(site), browser(site);
  before.login("ada@example.org");
  ASSERT_TRUE(before.signed_in());
  ASSERT_TRUE(site.admin().set_password("ada@example.org", "temporary-parsnip-3", true));
  EXPECT_FALSE(before.signed_in());
  site.letters();
  EXPECT_EQ(browser.login("ada@example.org").status, 422) << "the old one";
  const Answer led = browser.login("ada@example.org", "temporary-parsnip-3");
  EXPECT_EQ(led.location, page);
  EXPECT_FALSE(browser.signed_in());
  EXPECT_EQ(browser.get("/account/").status, 303);
  EXPECT_EQ(browser.follow(led).status, 200);
  const Answer same = browser.post(page, {{"new", "temporary-parsnip-3"}});
  EXPECT_EQ(same.status, 422) << "two people know it";
  EXPECT_TRUE(same.says("your current password"));
  EXPECT_EQ(browser.post(page, chosen).status, 303);
  EXPECT_EQ(browser.login("ada@example.org", "temporary-parsnip-3").status, 422);
  EXPECT_EQ(browser.login("ada@example.org", new_password).status, 303);
  EXPECT_TRUE(browser.signed_in());
}

TEST(invitation, a_right_password_from_an_administrator_counts_as_no_failure) {
  Site site("limits: {account_failures: 3}\n");
  site.account("ada@example.org");
  ASSERT_TRUE(site.admin().set_password("ada@example.org", "temporary-parsnip-3", true));
  for (int i = 0; i < 8; ++i) {
    Browser browser(site);
    EXPECT_EQ(browser.login("ada@example.org", "temporary-parsnip-3").location, page) << i;
  }
}

TEST(invitation, after_another_password_one_signs_in_where_one_was_about_to) {
  Site site;
  site.account("root@example.org", "Root", true);
  const auto chooses_after = [&](const std::string& door) {
    EXPECT_TRUE(site.admin().set_password("root@example.org", "temporary-parsnip-3", true));
    Browser browser(site);
    const FormFields typed{{"identifier", "root@example.org"}, {"password", "temporary-parsnip-3"}};
    EXPECT_EQ(browser.follow(browser.submit(door, typed)).status, 200) << door;
    return browser.post(page, chosen).leads();
  };
  EXPECT_EQ(chooses_after("/account/login"), "/account/login: password_set");
  const std::string members = "/account/login?return_to=%2Fmembers%2F%3Fa%3D1";
  EXPECT_EQ(chooses_after(members), members + ": password_set");
  EXPECT_EQ(chooses_after("/backup-login"), "/backup-login: password_set");
}

TEST(invitation, the_way_to_another_password_is_good_in_the_browser_that_signed_in_only) {
  Site site;
  site.account("ada@example.org");
  ASSERT_TRUE(site.admin().set_password("ada@example.org", "temporary-parsnip-3", true));
  Browser browser(site), sent(site);
  browser.login("ada@example.org", "temporary-parsnip-3");
  const std::string token = browser.cookies.at("__Host-doorward-step");
  sent.get("/account/login");
  EXPECT_EQ(sent.follow(sent.get(std::string(page) + "?token=" + token)).status, 410);
  sent.cookies["__Host-doorward-step"] = token;
  EXPECT_EQ(sent.get(page).status, 410);
  sent.cookies["__Host-doorward-step"] = token;
  EXPECT_EQ(sent.post_json(page, json(chosen)).status, 410);
  EXPECT_EQ(browser.get(page).status, 200);
  site.letters();
  EXPECT_EQ(browser.post(page, chosen).status, 303);
  EXPECT_NE(site.letter().to.find("ada@example.org"), std::string::npos) << "and the owner is told";
  EXPECT_TRUE(has_happened(site, "ada@example.org", "password.change ok"));
}

TEST(invitation, is_for_whom_it_was_sent_to_and_nobody_else) {  // T079
  Site site;
  site.account("ada@example.org");
  const ReadLetter letter = invite(site);
  Browser ada(site), grace(site);
  ada.login("ada@example.org");
  const Answer shown = ada.follow(ada.get(letter.link()));
  EXPECT_EQ(shown.status, 403);
  EXPECT_TRUE(shown.says("another account")) << shown.body;
  EXPECT_EQ(ada.post(page, chosen).status, 403);
  const Answer data = ada.post_json(page, json(chosen));
  EXPECT_EQ(data.status, 403);
  EXPECT_TRUE(data.says("\"code\":\"signed_in_as_another\"")) << data.body;
  EXPECT_FALSE(site.admin().show("grace@example.org")->emails.front().verified_at);
  EXPECT_EQ(ada.name(), "Ada Lovelace");
  grace.follow(grace.get(letter.link()));
  EXPECT_EQ(grace.post(page, chosen).status, 303);
}

TEST(invitation, who_had_a_password_already_is_told_that_it_was_replaced) {
  Site site;
  site.account("ada@example.org");
  ASSERT_TRUE(site.admin().invite("ada@example.org"));
  Browser browser(site);
  browser.follow(browser.get(site.letter().link()));
  EXPECT_EQ(browser.post(page, chosen).status, 303);
  EXPECT_NE(site.letter().to.find("ada@example.org"), std::string::npos);
}

TEST(invitation, the_way_to_another_password_closes_after_a_quarter_of_an_hour) {
  Site site;
  site.account("ada@example.org");
  ASSERT_TRUE(site.admin().set_password("ada@example.org", "temporary-parsnip-3", true));
  Browser browser(site);
  browser.follow(browser.login("ada@example.org", "temporary-parsnip-3"));
  site.clock().pass(std::chrono::minutes(15));
  EXPECT_EQ(browser.post(page, chosen).status, 410);
}

TEST(invitation, a_password_from_an_administrator_is_good_for_a_day) {  // D1
  Site site;
  site.account("ada@example.org");
  site.account("root@example.org", "Root", true);
  const AccountId made =
      *site.admin().create({"Bob", "bob@example.org", "", "temporary-parsnip-3", false, true});
  for (const char* who : {"ada@example.org", "root@example.org"})
    ASSERT_TRUE(site.admin().set_password(who, "temporary-parsnip-3", true));
  site.clock().pass(std::chrono::hours(24) - std::chrono::seconds(1));
  for (const char* who : {"ada@example.org", "bob@example.org"})
    EXPECT_EQ(Browser(site).login(who, "temporary-parsnip-3").location, page) << who;
  site.letters();
  site.clock().pass(std::chrono::seconds(1));
  for (const char* door : {"/account/login", "/backup-login"}) {
    for (const char* who : {"ada@example.org", "root@example.org", "bob@example.org"}) {
      const auto refused = [&](const char* password) {
        Browser browser(site);
        return masked(browser.submit(door, {{"identifier", who}, {"password", password}}), who);
      };
      const std::string late = refused("temporary-parsnip-3");
      EXPECT_EQ(late, refused("wrong-password-here")) << door << " " << who;
      EXPECT_TRUE(late.starts_with("422"));
    }
  }
  EXPECT_TRUE(site.letters().empty()) << "nobody has come in by the backup door";
  Browser browser(site);
  browser.follow(browser.get(ask_for_recovery(site, browser, "ada@example.org").link()));
  EXPECT_EQ(browser.post("/account/recovery/reset", chosen).status, 303);
  site.clock().pass(std::chrono::hours(48));
  EXPECT_EQ(browser.login("ada@example.org", new_password).status, 303) << "one's own has no such end";
  ASSERT_TRUE(site.admin().set_password(made.str(), new_password, false));
  site.clock().pass(std::chrono::hours(48));
  EXPECT_EQ(Browser(site).login("bob@example.org", new_password).location, "/") << "nor has a lasting one";
}

TEST(invitation, a_password_from_an_administrator_is_on_record_but_nowhere_to_be_read) {  // D1, T193
  Site site;
  const AccountId ada = site.account("ada@example.org");
  ASSERT_TRUE(site.admin().set_password("ada@example.org", "temporary-parsnip-3", true));
  bool recorded = false;
  const auto details = site.admin().show("ada@example.org");
  for (const auto& entry : details->history) {
    recorded =
        recorded || (entry.action == "password.set" && entry.actor == "command" && entry.subject == ada);
    EXPECT_EQ(entry.details.find("parsnip"), std::string::npos);
  }
  EXPECT_TRUE(recorded);
  for (const std::string& line : site.log().lines())
    EXPECT_EQ(line.find("parsnip"), std::string::npos) << line;
}

TEST(invitation, whose_password_was_set_is_told_by_mail) {  // T193
  Site site;
  site.account("ada@example.org");
  ASSERT_TRUE(site.admin().set_password("ada@example.org", "temporary-parsnip-3", true));
  const ReadLetter letter = site.letter();
  EXPECT_NE(letter.to.find("ada@example.org"), std::string::npos);
  EXPECT_EQ(letter.text.find("parsnip"), std::string::npos);
}

}  // namespace
}  // namespace doorward::test
