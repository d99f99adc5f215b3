#include <gtest/gtest.h>

#include "addresses.hpp"

namespace doorward::test {
namespace {

constexpr const char* page = "/account/emails";
constexpr const char* add_page = "/account/emails/add";
constexpr const char* primary_page = "/account/emails/primary";
constexpr const char* remove_page = "/account/emails/remove";

TEST(emails, one_is_added_confirmed_made_primary_and_the_old_one_removed) {  // M14
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  const ReadLetter letter = add_address(site, browser, "ada@home.example");
  EXPECT_NE(letter.to.find("ada@home.example"), std::string::npos);
  EXPECT_TRUE(browser.get(page).says("Waiting for confirmation"));
  EXPECT_EQ(open_link(browser, letter).status, 200);
  const Answer confirmed = browser.post("/account/emails/confirm", {});
  EXPECT_EQ(confirmed.leads(), "/account/emails: address_confirmed");
  EXPECT_FALSE(browser.follow(confirmed).says("Waiting for confirmation"));
  EXPECT_TRUE(has_happened(site, "ada@example.org", "email.add ok"));
  EXPECT_TRUE(has_happened(site, "ada@example.org", "email.confirm ok"));

  EXPECT_EQ(change(browser, primary_page, "ada@home.example").notice, "address_primary");
  EXPECT_EQ(primary(site, "ada@example.org"), "ada@home.example");
  EXPECT_TRUE(browser.get("/account/").says("ada@home.example"));
  EXPECT_EQ(change(browser, remove_page, "ada@example.org").notice, "address_removed");
  EXPECT_EQ(addresses(site, "ada@home.example"), std::vector<std::string>{"ada@home.example"});
  EXPECT_TRUE(browser.signed_in());
  EXPECT_TRUE(has_happened(site, "ada@home.example", "email.primary ok"));
  EXPECT_TRUE(has_happened(site, "ada@home.example", "email.remove ok"));
  Browser old(site), other(site);
  EXPECT_EQ(old.login("ada@example.org").status, 422);
  EXPECT_EQ(other.login("ada@home.example").status, 303);
}

TEST(emails, every_confirmed_address_signs_in_and_resets) {  // M14
  Site site;
  site.account("ada@example.org");
  Browser browser(site), other(site), asking(site);
  browser.login("ada@example.org");
  own_address(site, browser, "ada@home.example");
  EXPECT_EQ(other.login("ADA@Home.example").status, 303);
  EXPECT_EQ(other.name(), "Ada Lovelace");
  const ReadLetter letter = ask_for_recovery(site, asking, "ada@home.example");
  EXPECT_NE(letter.to.find("ada@home.example"), std::string::npos);
}

TEST(emails, adding_making_primary_and_removing_ask_for_the_password_again) {  // T107
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  own_address(site, browser, "ada@home.example");
  browser.get(page);
  site.clock().pass(std::chrono::minutes(16));
  const std::string second = address_id(site, "ada@example.org", "ada@home.example");
  for (const char* path : {add_page, "/account/emails/change", primary_page, remove_page}) {
    const Answer answer =
        browser.post_json(path, json({{"email", path == add_page ? "x@example.org" : second}}));
    EXPECT_EQ(answer.status, 403) << path;
    EXPECT_TRUE(answer.says("fresh_required")) << path;
    EXPECT_TRUE(browser.get(path).location.starts_with("/account/reauthenticate")) << path;
  }
  EXPECT_EQ(browser.get(page).status, 200) << "looking does not";
  const Answer asked = browser.get(std::string(remove_page) + "?email=" + second);
  browser.follow(asked);
  const Answer back = browser.post("/account/reauthenticate", {{"password", Site::password}});
  EXPECT_EQ(back.location, std::string(remove_page) + "?email=" + second);
  EXPECT_EQ(browser.follow(back).status, 200);
  EXPECT_EQ(browser.post(remove_page, {}).status, 303);
}

TEST(emails, what_was_typed_is_there_again_after_the_password_was_asked_for) {
  Site site;
  site.account("ada@example.org");
  site.account("bob@example.org", "Bob");
  Browser browser(site), other(site);
  browser.login("ada@example.org");
  own_address(site, browser, "ada@home.example");
  const std::string second = address_id(site, "ada@example.org", "ada@home.example");
  const auto sent_late = [&](const char* path, const std::string& typed) {
    browser.get(path + (path == add_page ? std::string() : "?email=" + second));
    site.clock().pass(std::chrono::minutes(16));
    const Answer asked = browser.post(path, {{"email", typed}});
    EXPECT_EQ(asked.location.find(typed), std::string::npos) << "addresses are for no log";
    browser.follow(asked);
    return browser.post("/account/reauthenticate", {{"password", Site::password}});
  };
  const Answer back = sent_late(add_page, "ada+notes@office.example");
  EXPECT_TRUE(browser.follow(back).says("value=\"ada+notes@office.example\"")) << back.location;
  EXPECT_EQ(browser.post(add_page, {{"email", "ada+notes@office.example"}}).status, 303);
  EXPECT_TRUE(browser.follow(sent_late(remove_page, second)).says("ada@home.example"));
  other.login("bob@example.org");
  const Answer others = other.get(back.location);
  EXPECT_EQ(others.status, 200);
  EXPECT_FALSE(others.says("office.example")) << "nobody else's";
  EXPECT_EQ(browser.get(std::string(add_page) + "?again=AAAA").status, 200);
}

TEST(emails, ones_own_address_in_another_spelling_counts_as_no_letter) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  for (int i = 0; i < 8; ++i) {
    const Answer answer = browser.post_json(add_page, json({{"email", "ADA@Example.org"}}));
    EXPECT_TRUE(answer.says("email_own")) << answer.body;
  }
}

TEST(emails, an_address_that_is_removed_takes_its_links_along) {  // T111
  Site site;
  site.account("ada@example.org");
  Browser browser(site), asking(site), late(site);
  browser.login("ada@example.org");
  own_address(site, browser, "ada@home.example");
  const ReadLetter reset = ask_for_recovery(site, asking, "ada@home.example");
  late.submit("/account/recovery", {{"identifier", "ada@home.example"}});  // its letter isn't written yet
  EXPECT_EQ(change(browser, remove_page, "ada@home.example").status, 303);
  EXPECT_EQ(open_link(asking, reset).status, 410);
  EXPECT_EQ(asking.post_json("/account/recovery/reset", json({{"new", new_password}})).status, 410);
  for (const ReadLetter& letter : site.letters()) EXPECT_TRUE(letter.link().empty()) << letter.subject;
  const ReadLetter waiting_letter = add_address(site, browser, "ada@work.example");
  browser.get(page);
  EXPECT_EQ(browser.post(page, {{"cancel", waiting(browser).front()}}).status, 303);
  EXPECT_EQ(open_link(browser, waiting_letter).status, 410);
}

TEST(emails, the_only_and_the_primary_one_stay) {  // M14, T111
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  const Answer only = change(browser, remove_page, "ada@example.org");
  EXPECT_EQ(only.status, 422);
  EXPECT_TRUE(only.says("only address"));
  own_address(site, browser, "ada@home.example");
  const Answer main = change(browser, remove_page, "ada@example.org");
  EXPECT_EQ(main.status, 422);
  EXPECT_TRUE(main.says("primary address"));
  EXPECT_EQ(addresses(site, "ada@example.org").size(), 2U);
}

TEST(emails, other_sessions_end_and_this_one_gets_a_new_token) {  // T043
  Site site;
  site.account("ada@example.org");
  for (const char* path : {primary_page, remove_page}) {
    Browser here(site), elsewhere(site);
    here.login("ada@example.org");
    own_address(site, here, "ada@home.example");
    elsewhere.login("ada@example.org");
    ASSERT_TRUE(here.signed_in() && elsewhere.signed_in());
    Browser before = here;
    EXPECT_EQ(change(here, path, "ada@home.example").status, 303);
    EXPECT_TRUE(here.signed_in());
    EXPECT_FALSE(elsewhere.signed_in());
    EXPECT_FALSE(before.signed_in()) << "the old token";
    if (path == remove_page) continue;
    change(here, primary_page, "ada@example.org");
    change(here, remove_page, "ada@home.example");
    site.letters();
  }
}

TEST(emails, a_session_that_goes_on_is_as_fresh_as_it_was) {  // no password was given
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  own_address(site, browser, "ada@home.example");
  site.clock().pass(std::chrono::minutes(10));
  change(browser, primary_page, "ada@home.example");
  site.clock().pass(std::chrono::minutes(6));
  EXPECT_EQ(browser.get(add_page).status, 303);
  EXPECT_TRUE(browser.signed_in());
}

TEST(emails, the_site_sees_another_primary_address_at_the_next_request) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  own_address(site, browser, "ada@home.example");
  ASSERT_TRUE(browser.signed_in());  // and remembered
  change(browser, primary_page, "ada@home.example");
  const std::string header = "__Host-doorward=" + browser.cookies["__Host-doorward"];
  const std::string_view headers[] = {header};
  const auto decision = site.engine().guard().resolve(headers, {true, {}, {}});
  ASSERT_TRUE(decision.identity);
  EXPECT_EQ(decision.identity->fact(engine::Identity::Fact::email), "ada@home.example");
}

TEST(emails, somebody_elses_cannot_be_told_from_none) {  // T197
  Site site;
  site.account("ada@example.org");
  site.account("bob@example.org", "Bob");
  Browser ada(site), bob(site);
  ada.login("ada@example.org");
  bob.login("bob@example.org");
  add_address(site, bob, "bob@home.example");
  const std::string bobs = address_id(site, "bob@example.org", "bob@example.org");
  const std::string waits = waiting(bob).front();
  const std::string none = "0190a1b2-0000-7000-8000-000000000000";
  for (const char* path : {primary_page, remove_page}) {
    ada.get(add_page);
    const Answer others = ada.post(path, {{"email", bobs}});
    ada.get(add_page);
    EXPECT_EQ(others.status, 404);
    EXPECT_EQ(masked(others), masked(ada.post(path, {{"email", none}}))) << path;
    EXPECT_EQ(ada.get(std::string(path) + "?email=" + bobs).location, page);
  }
  for (const char* field : {"resend", "cancel"}) {
    ada.get(page);
    const Answer others = ada.post(page, {{field, waits}});
    ada.get(page);
    EXPECT_EQ(others.status, 404) << field;
    EXPECT_EQ(masked(others), masked(ada.post(page, {{field, none}}))) << field;
  }
  EXPECT_EQ(waiting(bob).size(), 1U);
}

TEST(emails, no_more_than_ten_and_five_that_wait) {
  Site site("limits:\n  mails_per_client: 1000\n");
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  for (int i = 0; i < 5; ++i) add_address(site, browser, std::to_string(i) + "@example.org");
  browser.get(add_page);
  const Answer sixth = browser.post(add_page, {{"email", "6@example.org"}});
  EXPECT_EQ(sixth.status, 422);
  EXPECT_TRUE(sixth.says("waiting for confirmation"));
  for (const std::string& id : waiting(browser)) browser.post_json(page, json({{"cancel", id}}));
  for (int i = 0; i < 9; ++i) own_address(site, browser, "own" + std::to_string(i) + "@example.org");
  EXPECT_FALSE(browser.get(page).says("/account/emails/add"));
  browser.get(add_page);
  const Answer eleventh = browser.post(add_page, {{"email", "more@example.org"}});
  EXPECT_EQ(eleventh.status, 422);
  EXPECT_TRUE(eleventh.says("at most 10"));
  EXPECT_EQ(addresses(site, "ada@example.org").size(), 10U);
}

TEST(emails, what_is_no_address_is_refused_at_the_field) {  // T103, T105
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  for (const std::string& bad :
       {std::string(), std::string("ada"), std::string("m\u0131ke@example.org"),
        std::string("\u017fam@example.org"), std::string("\u212aate@example.org"),
        std::string("\uff41da@example.org"), std::string(65, 'x') + "@example.org",
        std::string(60, 'x') + "@" + std::string(63, 'a') + "." + std::string(63, 'b') + "." +
            std::string(63, 'c') + ".example",
        std::string("a@b.example, c@d.example"), std::string("ada@example.org\r\nBcc: eve@example.org")}) {
    for (const char* path : {add_page, "/account/emails/change"})
      EXPECT_EQ(browser.post_json(path, json({{"email", bad}})).status, 422) << bad;
  }
  EXPECT_EQ(browser.post_json(add_page, json({{"email", "Ada@Example.ORG."}})).status, 422) << "her own";
  EXPECT_TRUE(site.letters().empty());
}

TEST(emails, markup_in_an_address_is_text) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  add_address(site, browser, "a'&{{7*7}}`|x@example.org");
  const Answer answer = browser.get(page);
  EXPECT_FALSE(answer.says("a'&{{"));
  EXPECT_TRUE(answer.says("{{7*7}}"));
}

TEST(emails, programs_get_the_list) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  add_address(site, browser, "ada@home.example");
  const Answer answer = browser.send("GET", page, "", {{"accept", "application/json"}});
  EXPECT_EQ(answer.header("content-type"), "application/json");
  EXPECT_TRUE(answer.says("\"address\":\"ada@example.org\""));
  EXPECT_TRUE(answer.says("\"address\":\"ada@home.example\""));
}

TEST(emails, of_many_changes_at_once_an_account_keeps_its_shape) {  // T111, T235
  Site site;
  const std::string ada = site.account("ada@example.org").str();
  Browser browser(site);
  browser.login("ada@example.org");
  own_address(site, browser, "ada@home.example");
  const std::string one = json({{"email", address_id(site, ada, "ada@example.org")}});
  const std::string two = json({{"email", address_id(site, ada, "ada@home.example")}});
  for (int round = 0; round < 3; ++round) {
    const auto answers = at_once(48, [&](int i) {
      Browser each = browser;
      return each.post_json(i % 4 < 2 ? remove_page : primary_page, i % 2 == 0 ? one : two);
    });
    EXPECT_EQ(count_status(answers, 500), 0);
    const std::string kept = primary(site, ada);
    ASSERT_FALSE(kept.empty());
    EXPECT_EQ(browser.login(kept).status, 303);
  }
}

}  // namespace
}  // namespace doorward::test
