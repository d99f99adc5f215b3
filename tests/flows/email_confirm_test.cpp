#include <gtest/gtest.h>

#include "addresses.hpp"

namespace doorward::test {
namespace {

constexpr const char* page = "/account/emails/confirm";
constexpr const char* link_cookie = "__Host-doorward-link";

std::string token_of(const ReadLetter& letter) { return letter.link().substr(letter.link().find('=') + 1); }

class email_confirm : public ::testing::Test {
 protected:
  email_confirm() {
    site.account("ada@example.org");
    browser.login("ada@example.org");
  }
  Site site;
  Browser browser{site};
};

TEST_F(email_confirm, the_link_leaves_the_address_and_is_not_used_up_by_looking) {  // T083
  const ReadLetter letter = add_address(site, browser, "ada@home.example");
  for (int i = 0; i < 3; ++i) {  // mail scanners and previews
    Browser scanner(site);
    scanner.follow(scanner.get(letter.link()));
    EXPECT_EQ(scanner.send("HEAD", letter.link(), "", {}).status, 303);
    EXPECT_EQ(scanner.post_json(page, "{}").status, 401);
  }
  EXPECT_EQ(addresses(site, "ada@example.org").size(), 1U);
  const Answer opened = browser.get(letter.link());
  EXPECT_EQ(opened.location, page);
  const Answer shown = browser.follow(opened);
  EXPECT_EQ(shown.status, 200);
  EXPECT_TRUE(shown.says("ada@home.example"));
  EXPECT_FALSE(shown.says(token_of(letter)));
  EXPECT_EQ(browser.post(page, {}).leads(), "/account/emails: address_confirmed");
  EXPECT_EQ(browser.cookies.count(link_cookie), 0U);
  EXPECT_EQ(open_link(browser, letter).status, 410) << "once";
}

TEST_F(email_confirm, who_is_not_signed_in_signs_in_first_and_comes_back) {  // M18
  const ReadLetter letter = add_address(site, browser, "ada@home.example");
  Browser other(site);
  const Answer sent = open_link(other, letter);
  EXPECT_EQ(sent.location, "/account/login?return_to=%2Faccount%2Femails%2Fconfirm");
  EXPECT_EQ(other.post_json(page, "{}").status, 401) << "nothing is used up";
  other.follow(sent);
  const Answer back =
      other.post("/account/login", {{"identifier", "ada@example.org"}, {"password", Site::password}});
  EXPECT_EQ(back.location, page);
  EXPECT_EQ(other.follow(back).status, 200);
  EXPECT_EQ(other.post(page, {}).status, 303);
  EXPECT_EQ(addresses(site, "ada@example.org").size(), 2U);
}

TEST_F(email_confirm, signed_in_as_another_nothing_is_used_up) {  // M18, T079
  site.account("bob@example.org", "Bob");
  const ReadLetter letter = add_address(site, browser, "ada@home.example");
  Browser bob(site);
  bob.login("bob@example.org");
  const Answer shown = open_link(bob, letter);
  EXPECT_EQ(shown.status, 403);
  EXPECT_TRUE(shown.says("signed in with another account"));
  EXPECT_EQ(bob.post_json(page, "{}").status, 403);
  EXPECT_EQ(addresses(site, "bob@example.org").size(), 1U);
  open_link(browser, letter);
  EXPECT_EQ(browser.post(page, {}).status, 303);
  EXPECT_EQ(addresses(site, "ada@example.org").size(), 2U);
}

TEST_F(email_confirm, the_address_changes_once_its_link_was_confirmed) {  // M18
  Browser elsewhere(site);
  elsewhere.login("ada@example.org");
  const ReadLetter letter = add_address(site, browser, "ada@new.example", true);
  EXPECT_EQ(primary(site, "ada@example.org"), "ada@example.org");
  EXPECT_EQ(addresses(site, "ada@example.org").size(), 1U);
  open_link(browser, letter);
  EXPECT_EQ(browser.post(page, {}).leads(), "/account/emails: address_primary");
  EXPECT_EQ(primary(site, "ada@example.org"), "ada@new.example");
  EXPECT_TRUE(browser.signed_in());
  EXPECT_FALSE(elsewhere.signed_in());
}

TEST_F(email_confirm, what_is_confirmed_is_what_the_letter_was_sent_to) {  // T109
  const ReadLetter own = add_address(site, browser, "ada@new.example");
  const ReadLetter victims = add_address(site, browser, "victim@example.org");
  open_link(browser, own);
  browser.post_json(page, json({{"email", "victim@example.org"}, {"address", "victim@example.org"}}));
  EXPECT_EQ(addresses(site, "ada@example.org"),
            (std::vector<std::string>{"ada@example.org", "ada@new.example"}));
  (void)victims;
}

TEST_F(email_confirm, of_two_changes_the_newer_counts) {  // T109, T111
  const ReadLetter first = add_address(site, browser, "ada@one.example", true);
  const ReadLetter second = add_address(site, browser, "ada@two.example", true);
  EXPECT_EQ(open_link(browser, first).status, 410);
  open_link(browser, second);
  EXPECT_EQ(browser.post(page, {}).status, 303);
  EXPECT_EQ(primary(site, "ada@example.org"), "ada@two.example");
  EXPECT_EQ(addresses(site, "ada@example.org").size(), 2U);
}

TEST_F(email_confirm, what_was_shown_for_one_link_is_not_done_for_another) {  // T033
  const ReadLetter one = add_address(site, browser, "ada@one.example");
  const ReadLetter two = add_address(site, browser, "ada@two.example");
  open_link(browser, one);
  Browser other_tab = browser;
  open_link(other_tab, two);
  browser.cookies = other_tab.cookies;
  EXPECT_EQ(browser.post(page, {}).status, 410);
  EXPECT_EQ(addresses(site, "ada@example.org").size(), 1U);
}

TEST_F(email_confirm, nothing_else_is_taken_for_a_token) {  // T089
  add_address(site, browser, "ada@home.example");
  Browser asking(site);
  const ReadLetter recovery = ask_for_recovery(site, asking, "ada@example.org");
  for (const std::string& wrong : {std::string(), std::string("null"), std::string("0"), std::string("[]"),
                                   std::string("ada@example.org"), token_of(recovery)}) {
    browser.cookies[link_cookie] = wrong;
    EXPECT_EQ(browser.get(page).status, 410) << wrong;
    EXPECT_EQ(browser.post_json(page, "{}").status, 410) << wrong;
  }
  EXPECT_EQ(addresses(site, "ada@example.org").size(), 1U);
}

TEST_F(email_confirm, of_fifty_at_once_one_succeeds) {  // T091
  const ReadLetter letter = add_address(site, browser, "ada@home.example");
  browser.get(letter.link());
  const std::string code = json({{"code", letter.code()}});
  const auto answers = at_once(50, [&](int i) {
    Browser one = browser;
    return i % 2 == 0 ? one.post_json(page, "{}") : one.post_json("/account/emails", code);
  });
  EXPECT_EQ(count_status(answers, 200), 1);
  EXPECT_EQ(count_status(answers, 500), 0);
  EXPECT_EQ(addresses(site, "ada@example.org").size(), 2U);
}

TEST_F(email_confirm, one_address_of_two_accounts_is_the_first_ones) {  // T235
  site.account("bob@example.org", "Bob");
  Browser bob(site);
  bob.login("bob@example.org");
  const ReadLetter adas = add_address(site, browser, "shared@example.org");
  const ReadLetter bobs = add_address(site, bob, "shared@example.org");
  browser.get(adas.link());
  bob.get(bobs.link());
  const auto answers = at_once(20, [&](int i) {
    Browser one = i % 2 == 0 ? browser : bob;
    return one.post_json(page, "{}");
  });
  EXPECT_EQ(count_status(answers, 200), 1);
  EXPECT_EQ(addresses(site, "ada@example.org").size() + addresses(site, "bob@example.org").size(), 3U);
}

TEST_F(email_confirm, the_primary_address_is_told_of_a_further_one) {
  const ReadLetter letter = add_address(site, browser, "ada@home.example");
  open_link(browser, letter);
  browser.post(page, {});
  const ReadLetter notice = site.letter();
  EXPECT_NE(notice.to.find("ada@example.org"), std::string::npos);
  EXPECT_NE(notice.text.find("ada@home.example"), std::string::npos);
  EXPECT_TRUE(notice.link().empty());
}

}  // namespace
}  // namespace doorward::test
