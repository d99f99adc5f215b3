#include <gtest/gtest.h>

#include "authenticator.hpp"

namespace doorward::test {
namespace {

constexpr const char* page = "/account/password";
const FormFields change = {{"current", Site::password}, {"new", new_password}};

TEST(password, a_change_ends_all_other_sessions_and_gives_this_one_a_new_token) {  // T037, T043, M7
  Site site;
  site.account("ada@example.org");
  Browser here(site), elsewhere(site);
  here.login("ada@example.org");
  elsewhere.login("ada@example.org");
  ASSERT_TRUE(here.signed_in() && elsewhere.signed_in());
  Browser before = here;
  const Answer answer = here.submit(page, change);
  EXPECT_EQ(answer.status, 303);
  EXPECT_TRUE(here.signed_in());
  EXPECT_FALSE(before.signed_in()) << "the token from before";
  EXPECT_FALSE(elsewhere.signed_in());
  EXPECT_EQ(here.follow(answer).status, 200);
  EXPECT_EQ(elsewhere.login("ada@example.org").status, 422);
  EXPECT_EQ(elsewhere.login("ada@example.org", new_password).status, 303);
  EXPECT_TRUE(has_happened(site, "ada@example.org", "password.change ok"));
}

TEST(password, the_way_there_goes_from_the_menu_over_the_profile) {  // M7
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  EXPECT_TRUE(browser.get("/account/menu").says("href=\"/account"));
  EXPECT_TRUE(browser.get("/account/").says("href=\"/account/profile\""));
  const Answer profile = browser.get("/account/profile");
  EXPECT_TRUE(profile.says("href=\"/account/password\"")) << profile.body;
  EXPECT_TRUE(profile.says("Change your password"));
  EXPECT_EQ(browser.submit(page, change).status, 303);
  EXPECT_EQ(Browser(site).login("ada@example.org", new_password).status, 303);
}

TEST(password, a_change_makes_links_worthless_and_is_told_by_mail) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site), stranger(site);
  const ReadLetter link = ask_for_recovery(site, stranger, "ada@example.org");
  browser.login("ada@example.org");
  browser.submit(page, change);
  const ReadLetter notice = site.letter();
  EXPECT_NE(notice.to.find("ada@example.org"), std::string::npos);
  EXPECT_EQ(stranger.follow(stranger.get(link.link())).status, 410);
}

TEST(password, is_changed_to_another_one) {  // in whichever spelling of Unicode it is typed
  Site site;
  const std::string composed = "caf\u00e9-wardrobe-92", decomposed = "cafe\u0301-wardrobe-92";
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  EXPECT_EQ(browser.submit(page, {{"current", Site::password}, {"new", Site::password}}).status, 422);
  ASSERT_EQ(browser.submit(page, {{"current", Site::password}, {"new", composed}}).status, 303);
  for (const std::string& same : {composed, decomposed}) {
    const Answer answer = browser.submit(page, {{"current", composed}, {"new", same}});
    EXPECT_EQ(answer.status, 422);
    EXPECT_TRUE(answer.says("your current password"));
  }
}

TEST(password, cannot_be_changed_without_the_present_one) {  // T009
  Site site;
  site.account("ada@example.org");
  Browser browser(site), elsewhere(site);
  browser.login("ada@example.org");
  elsewhere.login("ada@example.org");
  for (const std::string current : {"", "wrong-password-here", "tangerine-wardrobe-92 "}) {
    EXPECT_EQ(browser.submit(page, {{"current", current}, {"new", new_password}}).status, 422) << current;
  }
  EXPECT_EQ(browser.post_json(page, json({{"new", new_password}})).status, 422);
  EXPECT_TRUE(elsewhere.signed_in());
  EXPECT_EQ(Browser(site).login("ada@example.org").status, 303);
}

TEST(password, guesses_at_the_present_one_are_counted) {  // T009
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(
        browser.submit(page, {{"current", "wrong-password-" + std::to_string(i)}, {"new", new_password}})
            .status,
        422);
  }
  const Answer right = browser.submit(page, change);
  EXPECT_EQ(right.status, 429);
  EXPECT_FALSE(right.header("retry-after").empty());
}

TEST(password, changes_of_ones_own_give_a_network_no_more_tries) {  // T027
  Site site("limits: {address_failures: 5}\n");
  site.account("ada@example.org");
  Browser browser(site), guesser(site);
  browser.login("ada@example.org");
  browser.cookies.erase(site.cookie_names().device);  // as a stranger's browser
  const auto guess = [&](int i) {
    return guesser
        .post_json("/account/login", json({{"identifier", "p" + std::to_string(i) + "@example.org"},
                                           {"password", "a guess that is wrong"}}))
        .status;
  };
  for (int i = 0; i < 4; ++i) EXPECT_EQ(guess(i), 422);
  EXPECT_EQ(browser.submit(page, change).status, 303);
  browser.cookies.erase(site.cookie_names().device);
  EXPECT_EQ(browser.submit(page, {{"current", new_password}, {"new", "another-thing-entirely-5"}}).status,
            303);
  EXPECT_EQ(guess(4), 422);
  EXPECT_EQ(guess(5), 429);
}

TEST(password, is_asked_for_with_the_second_factor_where_there_is_one) {
  Site site;
  const AccountId ada = site.account("ada@example.org");
  const Authenticator phone = add_authenticator(site, ada);
  Browser browser(site);
  login_with_code(browser, "ada@example.org", phone.code(site));
  EXPECT_EQ(browser.get(page).status, 200);
  site.clock().pass(std::chrono::minutes(16));
  EXPECT_TRUE(browser.get(page).location.starts_with("/account/reauthenticate"));
  EXPECT_EQ(browser.post_json(page, json({{"current", Site::password}, {"new", new_password}})).status, 403);
}

TEST(password, a_new_one_that_is_refused_changes_nothing) {  // T001, T007
  Site site;
  site.account("ada@example.org");
  Browser browser(site), elsewhere(site);
  browser.login("ada@example.org");
  elsewhere.login("ada@example.org");
  for (const std::string& bad :
       {std::string(), std::string("short"), std::string("passwordpassword"), std::string(Site::password),
        std::string("ada.lovelace.ada"), std::string("ada@example.org"), std::string(1025, 'x')}) {
    EXPECT_EQ(browser.submit(page, {{"current", Site::password}, {"new", bad}}).status, 422) << bad;
  }
  EXPECT_TRUE(elsewhere.signed_in());
  EXPECT_TRUE(site.letters().empty());
  EXPECT_EQ(Browser(site).login("ada@example.org").status, 303);
}

TEST(password, who_asked_to_be_kept_signed_in_still_is_after_a_change) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.submit("/account/login",
                 {{"identifier", "ada@example.org"}, {"password", Site::password}, {"remember", "yes"}});
  const Answer answer = browser.submit(page, change);
  bool remembered = false;
  for (const auto& [name, value] : answer.headers) {
    if (name == "Set-Cookie" && value.starts_with("__Host-doorward="))
      remembered = value.find("Max-Age=") != std::string::npos;
  }
  EXPECT_TRUE(remembered);
  site.clock().pass(std::chrono::hours(48));
  EXPECT_TRUE(browser.signed_in());
}

TEST(password, two_changes_at_once_leave_one_password) {  // T235
  Site site("password:\n  hash_wait: 30s\n");
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  site.clock().pass(std::chrono::seconds(1));
  const auto answers = at_once(8, [&](int i) {
    Browser one = browser;
    return one.post_json(
        page, json({{"current", Site::password}, {"new", std::to_string(i) + "-periwinkle-lighthouse"}}));
  });
  EXPECT_EQ(count_status(answers, 200), 1);
  for (int i = 0; i < 8; ++i) {
    if (answers[static_cast<std::size_t>(i)].status != 200) continue;
    EXPECT_EQ(Browser(site).login("ada@example.org", std::to_string(i) + "-periwinkle-lighthouse").status,
              303);
  }
}

// While the present password is looked at, another browser ends the session.
TEST(password, a_session_that_was_ended_meanwhile_changes_nothing_and_is_told_so) {
  Site site;
  site.account("ada@example.org");
  for (int round = 0; round < 4; ++round) {
    Browser intruder(site), owner(site);
    intruder.login("ada@example.org");
    owner.login("ada@example.org");
    intruder.get(page);
    owner.get("/account/sessions");
    const auto answers = at_once(2, [&](int i) {
      return i == 0 ? intruder.post(page, change) : owner.post("/account/sessions", {{"others", "yes"}});
    });
    EXPECT_NE(answers[0].status, 422) << "the password was right";
    if (answers[0].location != "/account/password") {
      EXPECT_TRUE(owner.signed_in());
      EXPECT_EQ(Browser(site).login("ada@example.org").status, 303) << "round " << round;
    } else {  // it was the first of both
      EXPECT_EQ(Browser(site).login("ada@example.org", new_password).status, 303);
      ASSERT_TRUE(site.admin().set_password("ada@example.org", Site::password, false));
    }
  }
}

TEST(password, a_session_without_it_keeps_nobody_from_changing_it) {
  Site site;
  site.account("ada@example.org");
  Browser intruder(site), owner(site);
  intruder.login("ada@example.org");
  owner.login("ada@example.org");
  for (int i = 0; i < 40; ++i) {
    intruder.post_json(page, json({{"new", new_password}}));
    intruder.post_json("/account/two-factor", json({{"change", "forget"}}));
  }
  EXPECT_EQ(owner.submit(page, change).status, 303);
}

}  // namespace
}  // namespace doorward::test
