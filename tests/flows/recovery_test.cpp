#include <gtest/gtest.h>

#include "steps.hpp"

namespace doorward::test {
namespace {

constexpr const char* reset = "/account/recovery/reset";
constexpr const char* check = "/account/recovery/check";
constexpr const char* step_cookie = "__Host-doorward-step";
const FormFields chosen = {{"new", new_password}};

TEST(recovery, answers_the_same_whoever_is_asked_for) {  // ASVS 6.3.8, M6
  Site site;
  site.account("ada@example.org");
  site.account("off@example.org");
  ASSERT_TRUE(site.admin().set_status("off@example.org", records::Account::Status::disabled));
  ASSERT_TRUE(site.admin().create({"Invited", "invited@example.org", "", std::nullopt, false, false}));
  const auto seen = [&](const std::string& who) {
    Browser browser(site);
    std::string all = masked(browser.submit("/account/recovery", {{"identifier", who}}), who);
    site.letters();
    all += masked(browser.get(check), who);
    for (int i = 0; i < 6; ++i) all += masked(browser.post(check, {{"code", "00000000"}}), who);
    all += masked(browser.get(reset));
    Browser program(site);
    all += masked(program.post_json("/account/recovery", json({{"identifier", who}})), who);
    all += masked(program.post_json(check, json({{"code", "00000000"}})), who);
    return all + masked(program.post_json(reset, json({{"new", new_password}})), who);
  };
  const std::string known = seen("ada@example.org");
  for (const char* who : {"nobody@example.org", "off@example.org", "invited@example.org", "qx7"}) {
    EXPECT_EQ(seen(who), known) << who;
  }
}

TEST(recovery, a_reset_ends_every_session_and_signs_nobody_in) {  // T043, D8
  Site site;
  site.account("ada@example.org");
  Browser here(site), elsewhere(site), asking(site);
  here.login("ada@example.org");
  elsewhere.login("ada@example.org");
  ASSERT_TRUE(here.signed_in() && elsewhere.signed_in());  // and remembered by the guard
  const ReadLetter letter = ask_for_recovery(site, asking, "ada@example.org");
  const Answer opened = asking.get(letter.link());
  EXPECT_EQ(opened.location, reset);
  EXPECT_EQ(asking.follow(opened).status, 200);
  EXPECT_TRUE(here.signed_in()) << "looking changes nothing";
  const Answer done = asking.post(reset, chosen);
  EXPECT_EQ(done.status, 303);
  EXPECT_TRUE(done.location.starts_with("/account/login")) << done.location;
  EXPECT_FALSE(asking.signed_in());
  EXPECT_FALSE(here.signed_in());
  EXPECT_FALSE(elsewhere.signed_in());
  EXPECT_EQ(here.get("/account/").status, 303);
  EXPECT_EQ(asking.login("ada@example.org").status, 422) << "the old password";
  EXPECT_EQ(asking.login("ada@example.org", new_password).status, 303);
  EXPECT_TRUE(asking.signed_in());
  EXPECT_TRUE(has_happened(site, "ada@example.org", "password.reset ok"));
}

TEST(recovery, the_owner_is_told_by_mail) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.follow(browser.get(ask_for_recovery(site, browser, "ada@example.org").link()));
  browser.post(reset, chosen);
  const ReadLetter notice = site.letter();
  EXPECT_NE(notice.to.find("ada@example.org"), std::string::npos);
  EXPECT_TRUE(notice.link().empty());
  EXPECT_EQ(notice.text.find(new_password), std::string::npos);
}

TEST(recovery, the_code_leads_to_the_new_password_in_the_browser_that_asked) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site), other(site);
  const std::string code = ask_for_recovery(site, browser, "ada@example.org").code();
  other.get(check);
  EXPECT_EQ(other.post(check, {{"code", code}}).status, 422);
  EXPECT_EQ(other.get(reset).status, 410);
  EXPECT_EQ(browser.post(check, {{"code", "00000000"}}).status, 422);
  EXPECT_EQ(browser.get(reset).status, 410) << "a wrong code is no step";
  browser.get(check);
  const Answer right = browser.post(check, {{"code", code}});
  EXPECT_EQ(right.location, reset);
  browser.follow(right);
  EXPECT_EQ(browser.post(reset, chosen).status, 303);
  EXPECT_EQ(browser.login("ada@example.org", new_password).status, 303);
}

TEST(recovery, five_wrong_codes_and_the_right_one_comes_too_late) {  // T101
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  const std::string code = ask_for_recovery(site, browser, "ada@example.org").code();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(browser.post(check, {{"code", "00000000"}}).status, 422);
  const Answer late = browser.post(check, {{"code", code}});
  EXPECT_EQ(late.status, 422);
  EXPECT_EQ(browser.get(reset).status, 410);
}

TEST(recovery, a_link_works_once) {  // T087
  Site site;
  site.account("ada@example.org");
  Browser browser(site), again(site);
  const ReadLetter letter = ask_for_recovery(site, browser, "ada@example.org");
  again.follow(again.get(letter.link()));
  browser.follow(browser.get(letter.link()));
  EXPECT_EQ(browser.post(reset, chosen).status, 303);
  EXPECT_EQ(again.post(reset, {{"new", "another-thing-entirely-5"}}).status, 410);
  EXPECT_EQ(again.follow(again.get(letter.link())).status, 410);
  EXPECT_EQ(browser.login("ada@example.org", new_password).status, 303);
}

TEST(recovery, of_many_at_once_one_succeeds) {  // T091
  Site site("password:\n  hash_wait: 30s\n");
  site.account("ada@example.org");
  Browser browser(site);
  browser.get(ask_for_recovery(site, browser, "ada@example.org").link());
  const auto answers = at_once(50, [&](int i) {
    Browser one = browser;
    return one.post_json(reset, json({{"new", std::to_string(i) + "-periwinkle-lighthouse"}}));
  });
  EXPECT_EQ(count_status(answers, 200), 1);
  EXPECT_EQ(count_status(answers, 410) + count_status(answers, 503), 49);  // gone, or all seats taken
  for (int i = 0; i < 50; ++i) {
    if (answers[static_cast<std::size_t>(i)].status != 200) continue;
    EXPECT_EQ(browser.login("ada@example.org", std::to_string(i) + "-periwinkle-lighthouse").status, 303);
  }
}

TEST(recovery, after_half_an_hour_link_and_code_are_worth_nothing) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  const ReadLetter letter = ask_for_recovery(site, browser, "ada@example.org");
  browser.get(letter.link());
  site.clock().pass(std::chrono::minutes(30));
  EXPECT_EQ(browser.get(reset).status, 410);
  EXPECT_EQ(browser.post_json(reset, json(chosen)).status, 410);
  EXPECT_EQ(browser.post_json(check, json({{"code", letter.code()}})).status, 422);
  EXPECT_EQ(browser.login("ada@example.org").status, 303) << "the old password still is the password";
}

TEST(recovery, one_reset_makes_all_other_links_of_the_account_worthless) {
  Site site;
  site.account("ada@example.org");
  Browser owner(site), stranger(site);
  const ReadLetter first = ask_for_recovery(site, stranger, "ada@example.org");
  const ReadLetter second = ask_for_recovery(site, owner, "ada@example.org");
  owner.follow(owner.get(second.link()));
  owner.post(reset, chosen);
  EXPECT_EQ(stranger.follow(stranger.get(first.link())).status, 410);
  EXPECT_EQ(stranger.post_json(check, json({{"code", first.code()}})).status, 422);
}

TEST(recovery, no_step_can_be_skipped) {  // T089, T093
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  const ReadLetter letter = ask_for_recovery(site, browser, "ada@example.org");
  const std::string token = letter.link().substr(letter.link().find('=') + 1);
  const FormFields with_token = {{"new", new_password}, {"token", token}};
  EXPECT_EQ(browser.post_json(reset, json(chosen)).status, 410) << "nothing was opened";
  EXPECT_EQ(browser.post_json(reset, json(with_token)).status, 410) << "in the body";
  EXPECT_EQ(browser.post_json(std::string(reset) + "?token=" + token, json(chosen)).status, 410)
      << "in the address";
  for (const char* wrong : {"", "null", "0", "[]", "ada@example.org"}) {
    browser.cookies[step_cookie] = wrong;
    EXPECT_EQ(browser.post_json(reset, json(chosen)).status, 410) << wrong;
  }
  EXPECT_EQ(browser.login("ada@example.org").status, 303);
}

TEST(recovery, what_was_typed_for_one_link_is_not_done_for_another) {  // T033, T093: two tabs, one cookie
  Site site;
  site.account("ada@example.org");
  site.account("eve@example.org", "Eve");
  Browser browser(site), eve(site);
  const ReadLetter own = ask_for_recovery(site, browser, "ada@example.org");
  const ReadLetter planted = ask_for_recovery(site, eve, "eve@example.org");
  browser.follow(browser.get(own.link()));
  Browser other_tab = browser;
  other_tab.get(planted.link());
  browser.cookies = other_tab.cookies;
  EXPECT_EQ(browser.post(reset, chosen).status, 410);
  EXPECT_EQ(eve.login("eve@example.org").status, 303) << "nothing has happened to the other account";
  browser.follow(browser.get(own.link()));
  EXPECT_EQ(browser.post(reset, chosen).status, 303);
}

TEST(recovery, links_that_are_guessed_are_answered_ever_slower_and_good_ones_are_not) {  // T101
  Site site;
  site.account("ada@example.org");
  Browser browser(site), guessing(site);
  const ReadLetter letter = ask_for_recovery(site, browser, "ada@example.org");
  int gone = 0;
  Answer last;
  for (int i = 0; i < 60; ++i) {
    std::string guess = std::string(42, 'A') + "A";
    guess[static_cast<std::size_t>(i) % 40] = static_cast<char>('B' + i % 20);
    const char* path = i % 3 == 0 ? reset : i % 3 == 1 ? "/account/invitation" : "/account/verify-email";
    guessing.cookies[step_cookie] = guess;
    last = i % 2 == 0 ? guessing.get(path) : guessing.post_json(path, json(chosen));
    gone += last.status == 410 ? 1 : 0;
  }
  EXPECT_EQ(gone, 50);
  EXPECT_EQ(last.status, 429);
  EXPECT_FALSE(last.header("retry-after").empty());
  EXPECT_EQ(browser.follow(browser.get(letter.link())).status, 200) << "of the same network";
  EXPECT_EQ(browser.post(reset, chosen).status, 303);
}

TEST(recovery, a_program_learns_by_its_code_that_a_link_is_gone) {
  Site site;
  Browser browser(site);
  for (const char* path : {reset, "/account/invitation", "/account/verify-email"}) {
    const Answer posted = browser.post_json(path, json(chosen));
    EXPECT_EQ(posted.status, 410) << path;
    EXPECT_EQ(posted.header("content-type"), "application/problem+json") << path;
    EXPECT_TRUE(posted.says("\"code\":\"link_invalid\"")) << path << posted.body;
    EXPECT_EQ(browser.send("GET", path, "", {{"accept", "application/json"}}).status, 410) << path;
  }
}

TEST(recovery, links_of_another_kind_are_none_of_this_kind) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  const ReadLetter signup = sign_up(site, browser, "grace@example.org");
  ASSERT_TRUE(site.admin().create({"Invited", "invited@example.org", "", std::nullopt, false, false}));
  const ReadLetter invitation = site.letter();
  const ReadLetter recovery = ask_for_recovery(site, browser, "ada@example.org");
  const auto opened_at = [&](const char* path, const ReadLetter& letter) {
    Browser other(site);
    other.cookies = browser.cookies;
    other.cookies[step_cookie] = letter.link().substr(letter.link().find('=') + 1);
    const int shown = other.get(path).status;
    const int used = other.post_json(path, json(chosen)).status;
    return std::pair(shown, used);
  };
  const std::pair gone(410, 410);
  EXPECT_EQ(opened_at(reset, signup), gone);
  EXPECT_EQ(opened_at(reset, invitation), gone);
  EXPECT_EQ(opened_at("/account/invitation", signup), gone);
  EXPECT_EQ(opened_at("/account/invitation", recovery), gone);
  EXPECT_EQ(opened_at("/account/verify-email", invitation), gone);
  EXPECT_EQ(opened_at(reset, recovery), std::pair(200, 200)) << "and the right one is right";
}

TEST(recovery, a_password_that_is_refused_leaves_the_link_good) {  // T001, T007
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.follow(browser.get(ask_for_recovery(site, browser, "ada@example.org").link()));
  for (const std::string& bad : {std::string(), std::string("short"), std::string("passwordpassword"),
                                 std::string("ada.lovelace.ada"), std::string(1025, 'x')}) {
    EXPECT_EQ(browser.post(reset, {{"new", bad}}).status, 422) << bad;
  }
  EXPECT_EQ(browser.post(reset, chosen).status, 303);
}

TEST(recovery, accounts_that_were_disabled_or_deleted_meanwhile_stay_so) {  // T031
  Site site;
  for (const bool deleted : {false, true}) {
    const std::string who = deleted ? "gone@example.org" : "off@example.org";
    site.account(who);
    Browser early(site), late(site);
    const ReadLetter letter = ask_for_recovery(site, early, who);
    early.follow(early.get(letter.link()));
    late.submit("/account/recovery", {{"identifier", who}});  // its letter isn't written yet
    if (deleted) {
      ASSERT_TRUE(site.admin().remove(who));
    } else {
      ASSERT_TRUE(site.admin().set_status(who, records::Account::Status::disabled));
    }
    EXPECT_EQ(early.post(reset, chosen).status, 410) << who;
    for (const ReadLetter& told : site.letters()) EXPECT_EQ(told.link(), "") << told.text;
    EXPECT_EQ(early.login(who, new_password).status, 422);
  }
}

TEST(recovery, a_link_dies_with_its_account_even_if_the_address_is_used_anew) {  // T229
  Site site;
  site.account("ada@example.org", "The first");
  Browser browser(site);
  const ReadLetter letter = ask_for_recovery(site, browser, "ada@example.org");
  browser.follow(browser.get(letter.link()));
  ASSERT_TRUE(site.admin().remove("ada@example.org"));
  site.account("ada@example.org", "The second");
  EXPECT_EQ(browser.post(reset, chosen).status, 410);
  EXPECT_EQ(browser.login("ada@example.org").status, 303);
}

}  // namespace
}  // namespace doorward::test
