#include <gtest/gtest.h>

#include "steps.hpp"

namespace doorward::test {
namespace {

TEST(signup, makes_no_account_before_the_address_is_confirmed) {  // M10, T067
  Site site;
  Browser browser(site);
  const ReadLetter letter = sign_up(site, browser, "grace@example.org");
  EXPECT_FALSE(site.admin().show("grace@example.org"));
  EXPECT_FALSE(browser.signed_in());
  Browser other(site);
  EXPECT_EQ(other.login("grace@example.org").status, 422);
  EXPECT_FALSE(other.signed_in());
}

TEST(signup, the_letter_goes_to_the_address_that_was_typed_with_a_link_and_a_code) {
  Site site;
  Browser browser(site);
  const ReadLetter letter = sign_up(site, browser, "Grace.Hopper@Example.org");
  EXPECT_NE(letter.to.find("Grace.Hopper@example.org"), std::string::npos) << letter.to;
  EXPECT_TRUE(letter.link().starts_with("/account/verify-email?token=")) << letter.text;
  EXPECT_EQ(letter.code().size(), 8U) << letter.text;
  EXPECT_EQ(letter.text.find(Site::password), std::string::npos);
}

TEST(signup, judges_passwords_so_often_for_one_network) {  // as the strength that is shown while typing
  Site site("limits:\n  address_failures: 5\n");
  Browser browser(site), elsewhere(site);
  elsewhere.address = "203.0.113.77";
  const auto with_password = [](const std::string& password) {
    return json({{"name", "Grace"}, {"email", "x"}, {"password", password}});
  };
  for (int i = 0; i < 100; ++i)
    ASSERT_EQ(browser.post_json("/account/signup", with_password("x" + std::to_string(i))).status, 422);
  EXPECT_EQ(browser.post_json("/account/signup", with_password("x")).status, 429);
  EXPECT_EQ(elsewhere.post_json("/account/signup", with_password("x")).status, 422);
}

TEST(signup, answers_the_same_for_an_address_that_has_an_account) {  // T017, ASVS 6.3.8
  Site site;
  site.account("taken@example.org");
  const auto seen = [&](const std::string& email) {
    Browser browser(site);
    std::string all = masked(browser.submit("/account/signup", signup_form(email)), email);
    all += masked(browser.get("/account/verify-email/check"), email);
    for (int i = 0; i < 6; ++i) {
      all += masked(browser.post("/account/verify-email/check", {{"code", "00000000"}}), email);
    }
    Browser script(site);
    return all + masked(script.post_json("/account/signup", json(signup_form(email))), email);
  };
  EXPECT_EQ(seen("taken@example.org"), seen("free@example.org"));
}

TEST(signup, who_has_an_account_is_told_so_without_a_way_in) {  // T017
  Site site;
  site.account("taken@example.org");
  Browser stranger(site);
  const ReadLetter letter = sign_up(site, stranger, "TAKEN@example.org");
  EXPECT_NE(letter.to.find("taken@example.org"), std::string::npos) << "the stored spelling: " << letter.to;
  EXPECT_NE(letter.text.find("https://example.org/account/login"), std::string::npos) << letter.text;
  EXPECT_NE(letter.text.find("https://example.org/account/recovery"), std::string::npos) << letter.text;
  EXPECT_TRUE(letter.link().empty()) << letter.text;
  EXPECT_TRUE(letter.code().empty()) << letter.text;
}

TEST(signup, once_more_with_the_same_address_makes_the_earlier_letter_worthless) {  // T075
  Site site;
  Browser first(site), second(site);
  const ReadLetter early = sign_up(site, first, "grace@example.org");
  const ReadLetter late = sign_up(site, second, "GRACE@example.org");
  EXPECT_EQ(first.follow(first.get(early.link())).status, 410);
  EXPECT_EQ(first.post_json("/account/verify-email/check", json({{"code", early.code()}})).status, 410);
  second.get("/account/verify-email/check");
  EXPECT_EQ(second.post("/account/verify-email/check", {{"code", late.code()}}).status, 303);
  EXPECT_TRUE(second.signed_in());
}

TEST(signup, a_letter_that_was_overtaken_before_it_was_sent_is_never_sent) {
  Site site;
  Browser browser(site);
  browser.submit("/account/signup", signup_form("grace@example.org"));
  browser.submit("/account/signup", signup_form("grace@example.org"));
  EXPECT_EQ(site.letters().size(), 1U);
}

TEST(signup, asks_for_passwords_that_are_long_and_not_guessed_at_once) {  // T001, T007
  Site site;
  const auto refused = [&](const std::string& password) {
    Browser browser(site);
    FormFields form = signup_form("grace@example.org");
    form[2].second = password;
    const Answer answer = browser.submit("/account/signup", form);
    EXPECT_TRUE(password.empty() || password.find('@') != std::string::npos || !answer.says(password))
        << "a password is never shown again";
    return answer.status == 422;
  };
  EXPECT_TRUE(refused(""));
  EXPECT_TRUE(refused("xq7-fjord-kelp"));    // 14
  EXPECT_FALSE(refused("xq7-fjord-kelps"));  // 15
  EXPECT_TRUE(refused("passwordpassword"));
  EXPECT_TRUE(refused("grace.hopper.grace"));     // the name
  EXPECT_TRUE(refused("grace@example.org"));      // the address
  EXPECT_TRUE(refused("harbour-notes-harbour"));  // the site
  EXPECT_TRUE(refused("Password1234567"));
  EXPECT_TRUE(refused("doorward-doorward"));  // the product
  EXPECT_TRUE(refused("aaaaaaaaaaaaaaaa"));
  EXPECT_TRUE(refused("123456789012345"));
  EXPECT_TRUE(refused(std::string(1025, 'x')));
  EXPECT_FALSE(refused("😀🐙🌋🚲🎺🍋🧭🪁🦉🏺🎲🧶🌵🥨🛶"));  // 15 code points
  EXPECT_EQ(site.letters().size(), 1U) << "for the address it was last asked for, and no refused form";
}

TEST(signup, says_what_is_wrong_at_each_field_and_keeps_what_was_typed) {
  Site site;
  Browser browser(site);
  const Answer answer =
      browser.submit("/account/signup", {{"name", ""}, {"email", "no\"address"}, {"password", "short"}});
  EXPECT_EQ(answer.status, 422);
  EXPECT_TRUE(answer.says("value=\"no&quot;address\"")) << answer.body;
  const Answer problem =
      browser.post_json("/account/signup", R"({"name":"","email":"x","password":"short"})");
  for (const char* code : {"name_required", "email_invalid", "password_too_short"})
    EXPECT_TRUE(problem.says(code)) << problem.body;
  EXPECT_TRUE(site.letters().empty());
}

TEST(signup, sends_nothing_to_what_is_no_plain_address) {  // T103, T221
  Site site;
  for (const std::string typed :
       {"grace", "@example.org", "grace@", "a@b@example.org", "grace@example.org\r\nBcc: eve@example.net",
        "grace@example.org,eve@example.net", "grace hopper@example.org", "m\xc4\xb1ke@example.org",
        "\"x\"@example.org", "grace@[127.0.0.1]", "<grace@example.org>"}) {
    Browser browser(site);
    EXPECT_EQ(browser.submit("/account/signup", signup_form(typed)).status, 422) << typed;
  }
  Browser browser(site);
  EXPECT_EQ(
      browser.submit("/account/signup", signup_form(std::string(65, 'a').append("@example.org"))).status,
      422);
  EXPECT_TRUE(site.letters().empty());
}

TEST(signup, names_are_of_one_line_and_a_hundred_characters) {
  Site site;
  for (const std::string& name :
       {std::string(101, 'x'), std::string("a\r\nBcc: x@y.org"), std::string(" \t "), std::string("a\x07z"),
        std::string("a\u202ez"), std::string("a\u200bz"), std::string("\u2800")}) {
    Browser browser(site);
    EXPECT_EQ(browser.submit("/account/signup", signup_form("grace@example.org", name)).status, 422) << name;
  }
  EXPECT_TRUE(site.letters().empty());
}

TEST(signup, where_it_is_off_there_is_neither_page_nor_call_nor_link) {  // T077
  Site site("signup:\n  enabled: false\n");
  Browser browser(site);
  EXPECT_EQ(browser.get("/account/signup").status, 404);
  EXPECT_FALSE(browser.get("/account/login").says("/account/signup"));
  EXPECT_EQ(browser.post("/account/signup", signup_form("grace@example.org")).status, 404);
  EXPECT_EQ(browser.post_json("/account/signup", json(signup_form("grace@example.org"))).status, 404);
  EXPECT_TRUE(site.letters().empty());
}

TEST(signup, one_mailbox_gets_five_letters_an_hour_however_it_is_spelled) {
  Site site;
  for (const char* spelling :
       {"g@example.org", "G@example.org", "g@EXAMPLE.org", "g@example.org.", " g@example.org"}) {
    Browser browser(site);
    EXPECT_EQ(browser.submit("/account/signup", signup_form(spelling)).status, 303) << spelling;
  }
  Browser browser(site);
  browser.address = "198.51.100.4";
  const Answer answer = browser.submit("/account/signup", signup_form("g@example.org"));
  EXPECT_EQ(answer.status, 429);
  EXPECT_FALSE(answer.header("retry-after").empty());
  site.clock().pass(std::chrono::hours(2));
  EXPECT_EQ(browser.submit("/account/signup", signup_form("g@example.org")).status, 303);
}

TEST(signup, one_network_asks_for_twenty_letters_an_hour) {
  Site site;
  const auto [asked, answer] = ask_until_refused(site, [](Browser& browser, int i) {
    return browser.submit("/account/signup", signup_form("g" + std::to_string(i) + "@example.org"));
  });
  EXPECT_EQ(asked, 21);
  EXPECT_EQ(answer.status, 429);
}

TEST(signup, a_body_beyond_all_measure_is_refused_before_anything_is_hashed) {  // T003
  Site site;
  Browser browser(site);
  browser.get("/account/signup");
  FormFields form = signup_form("grace@example.org");
  form[2].second = std::string(1 << 20, 'x');
  EXPECT_EQ(browser.post("/account/signup", form).status, 413);
}

TEST(signup, somebody_who_is_signed_in_is_led_to_their_account) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  EXPECT_EQ(browser.get("/account/signup").location, "/account/");
}

}  // namespace
}  // namespace doorward::test
