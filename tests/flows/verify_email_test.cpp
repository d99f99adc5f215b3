#include <gtest/gtest.h>

#include "records/token.hpp"
#include "steps.hpp"

namespace doorward::test {
namespace {

constexpr const char* check = "/account/verify-email/check";
constexpr const char* page = "/account/verify-email";
constexpr const char* step_cookie = "__Host-doorward-step";

std::string token_of(const ReadLetter& letter) { return letter.link().substr(letter.link().find('=') + 1); }

TEST(verify_email, the_code_signs_in_and_leads_to_where_the_person_wanted_to_go) {  // M10
  Site site;
  Browser browser(site);
  browser.follow(browser.submit("/account/signup?return_to=%2Fmembers%2F", signup_form("grace@example.org")));
  const Answer answer = browser.post(check, {{"code", site.letter().code()}});
  EXPECT_EQ(answer.status, 303);
  EXPECT_EQ(answer.location, "/members/");
  EXPECT_EQ(browser.name(), "Grace Hopper");
  EXPECT_TRUE(has_happened(site, "grace@example.org", "account.create ok"));
  EXPECT_TRUE(has_happened(site, "grace@example.org", "login ok"));
}

TEST(verify_email, the_link_leaves_the_address_and_is_not_used_up_by_looking) {  // T083
  Site site;
  Browser browser(site);
  const ReadLetter letter = sign_up(site, browser, "grace@example.org");
  for (int i = 0; i < 3; ++i) {  // mail scanners and previews, by GET and by HEAD
    Browser scanner(site);
    EXPECT_EQ(scanner.follow(scanner.get(letter.link())).status, 200);
    EXPECT_EQ(scanner.send("HEAD", letter.link(), "", {}).status, 303);
    EXPECT_FALSE(scanner.signed_in());
  }
  EXPECT_FALSE(site.admin().show("grace@example.org"));
  const Answer opened = browser.get(letter.link());
  EXPECT_EQ(opened.location, page);
  const Answer shown = browser.follow(opened);
  EXPECT_EQ(shown.status, 200);
  EXPECT_FALSE(shown.says(token_of(letter)));
  EXPECT_EQ(browser.post(page, {}).status, 303);
  EXPECT_TRUE(browser.signed_in());
  EXPECT_EQ(browser.cookies.count(step_cookie), 0U);
}

TEST(verify_email, another_browser_has_to_know_the_password) {
  Site site;
  Browser asked(site), other(site);
  const ReadLetter letter = sign_up(site, asked, "grace@example.org");
  other.follow(other.get(letter.link()));
  EXPECT_EQ(other.post(page, {}).status, 422);
  EXPECT_EQ(other.post(page, {{"password", "something-else-entirely"}}).status, 422);
  EXPECT_FALSE(site.admin().show("grace@example.org"));
  EXPECT_EQ(other.post(page, {{"password", Site::password}}).status, 303);
  EXPECT_TRUE(other.signed_in());
  EXPECT_FALSE(asked.signed_in()) << "the browser that asked isn't signed in by another's doing";
}

TEST(verify_email, a_mailbox_owner_gets_no_account_that_a_stranger_prepared) {  // T069, T071
  Site site;
  Browser stranger(site), owner(site);
  const ReadLetter letter = sign_up(site, stranger, "grace@example.org");
  owner.follow(owner.get(letter.link()));
  EXPECT_EQ(owner.post(page, {}).status, 422);
  EXPECT_FALSE(owner.signed_in());
  EXPECT_FALSE(site.admin().show("grace@example.org"));
  const ReadLetter own = sign_up(site, owner, "grace@example.org");
  EXPECT_EQ(owner.post(check, {{"code", own.code()}}).status, 303);
  EXPECT_EQ(stranger.post_json(check, json({{"code", letter.code()}})).status, 410);
  EXPECT_FALSE(stranger.signed_in());
}

TEST(verify_email, wrong_passwords_at_a_link_are_counted) {  // T101
  Site site;
  Browser asked(site);
  const ReadLetter letter = sign_up(site, asked, "grace@example.org");
  int status = 0;
  for (int i = 0; i < 11; ++i) {
    Browser other(site);
    other.address = "198.51." + std::to_string(i) + ".1";
    other.follow(other.get(letter.link()));
    status = other.post(page, {{"password", "wrong-password-" + std::to_string(i)}}).status;
  }
  EXPECT_EQ(status, 429);
}

TEST(verify_email, a_letter_is_good_for_one_account) {
  Site site;
  Browser browser(site), again(site);
  const ReadLetter letter = sign_up(site, browser, "grace@example.org");
  again.cookies = browser.cookies;
  again.follow(again.get(letter.link()));
  EXPECT_EQ(browser.post(check, {{"code", letter.code()}}).status, 303);
  EXPECT_EQ(again.post(page, {}).status, 410);
  EXPECT_EQ(again.post_json(check, json({{"code", letter.code()}})).status, 410);
  EXPECT_FALSE(again.signed_in());
}

TEST(verify_email, of_fifty_at_once_one_succeeds) {  // T091
  Site site;
  Browser browser(site);
  const ReadLetter letter = sign_up(site, browser, "grace@example.org");
  browser.get(letter.link());
  const std::string typed = json({{"code", letter.code()}});
  const auto answers = at_once(50, [&](int i) {
    Browser one = browser;
    return i % 2 == 0 ? one.post_json(page, "{}") : one.post_json(check, typed);
  });
  EXPECT_EQ(count_status(answers, 200), 1);
  EXPECT_EQ(count_status(answers, 500), 0);
  EXPECT_EQ(site.admin().list("", 100).size(), 1U);
}

TEST(verify_email, five_wrong_codes_and_the_right_one_comes_too_late) {  // T101
  Site site;
  Browser browser(site);
  const ReadLetter letter = sign_up(site, browser, "grace@example.org");
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(browser.post(check, {{"code", i % 2 == 0 ? "00000000" : "12345"}}).status, 422);
  }
  EXPECT_EQ(browser.post(check, {{"code", letter.code()}}).status, 422);
  EXPECT_FALSE(browser.signed_in());
  EXPECT_FALSE(site.admin().show("grace@example.org"));
}

TEST(verify_email, fifty_guesses_at_once_are_five) {  // T025
  Site site;
  Browser browser(site);
  const ReadLetter letter = sign_up(site, browser, "grace@example.org");
  at_once(50, [&](int) {
    Browser one = browser;
    return one.post_json(check, R"({"code":"00000000"})");
  });
  EXPECT_EQ(browser.post(check, {{"code", letter.code()}}).status, 422);
}

TEST(verify_email, the_code_is_worth_nothing_in_another_browser) {
  Site site;
  Browser asked(site), other(site), waiting(site);
  const ReadLetter letter = sign_up(site, asked, "grace@example.org");
  sign_up(site, waiting, "eve@example.org");
  EXPECT_EQ(other.get(check).location, "/account/signup");
  EXPECT_EQ(other.post_json(check, json({{"code", letter.code()}})).status, 410);
  EXPECT_EQ(waiting.post(check, {{"code", letter.code()}}).status, 422)
      << "another's code, in a browser that waits itself";
  EXPECT_FALSE(site.admin().show("grace@example.org"));
}

TEST(verify_email, after_a_day_the_letter_is_worth_nothing) {
  Site site;
  Browser browser(site);
  const ReadLetter letter = sign_up(site, browser, "grace@example.org");
  site.clock().pass(std::chrono::hours(24));
  EXPECT_EQ(browser.follow(browser.get(letter.link())).status, 410);
  EXPECT_EQ(browser.post_json(page, "{}").status, 410);
  EXPECT_EQ(browser.post_json(check, json({{"code", letter.code()}})).status, 410);
  EXPECT_EQ(browser.get(check).location, "/account/signup");
}

TEST(verify_email, what_is_no_link_of_this_kind_is_refused) {  // T089, T093
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  const ReadLetter recovery = ask_for_recovery(site, browser, "ada@example.org");
  for (const std::string& token :
       {std::string(), std::string("null"), std::string("0"), std::string(43, 'A'), token_of(recovery)}) {
    Browser other(site);
    EXPECT_EQ(other.follow(other.get(std::string(page) + "?token=" + token)).status, 410) << token;
    other.cookies[step_cookie] = token;
    EXPECT_EQ(other.post_json(page, "{}").status, 410) << token;
    EXPECT_EQ(other.post_json(page, json({{"token", token}})).status, 410) << token;
  }
}

TEST(verify_email, a_token_in_the_body_is_no_way_round_the_cookie) {  // T093
  Site site;
  Browser browser(site);
  const ReadLetter letter = sign_up(site, browser, "grace@example.org");
  EXPECT_EQ(browser.post_json(page, json({{"token", token_of(letter)}})).status, 410);
  EXPECT_FALSE(site.admin().show("grace@example.org"));
}

TEST(verify_email, an_address_that_got_an_owner_meanwhile_keeps_it) {
  Site site;
  Browser browser(site);
  const ReadLetter letter = sign_up(site, browser, "grace@example.org");
  const AccountId owner = site.account("grace@example.org", "The Owner");
  EXPECT_EQ(browser.post(check, {{"code", letter.code()}}).status, 410);
  EXPECT_FALSE(browser.signed_in());
  EXPECT_EQ(site.admin().show("grace@example.org")->account.id.str(), owner.str());
  EXPECT_EQ(site.admin().list("", 10).size(), 1U);
}

TEST(verify_email, who_was_signed_in_as_somebody_else_is_not_any_more) {  // ASVS 7.2.4
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  const ReadLetter letter = sign_up(site, browser, "grace@example.org");
  browser.login("ada@example.org");
  Browser before = browser;
  ASSERT_TRUE(before.signed_in());
  browser.get(check);
  EXPECT_EQ(browser.post(check, {{"code", letter.code()}}).status, 303);
  EXPECT_EQ(browser.name(), "Grace Hopper");
  EXPECT_FALSE(before.signed_in()) << "the session that the new one took the place of";
}

TEST(verify_email, makes_no_account_where_signing_up_was_switched_off_meanwhile) {  // T077
  Site site("signup:\n  enabled: false\n");
  const std::string secret = site.database().write([&](records::Transaction& tx) {
    records::Tokens tokens(tx, site.keys());
    return tokens.secret(tokens.issue({"t1",
                                       records::TokenPurpose::signup,
                                       {},
                                       "grace@example.org",
                                       {},
                                       {},
                                       site.clock().now() + std::chrono::hours(1)},
                                      site.clock().now()));
  });
  Browser browser(site);
  EXPECT_EQ(browser.get(std::string(page) + "?token=" + secret).status, 404);
  browser.cookies[step_cookie] = secret;
  for (const char* path : {page, check}) {
    EXPECT_EQ(browser.get(path).status, 404) << path;
    EXPECT_EQ(browser.post_json(path, R"({"password":"tangerine-wardrobe-92","code":"12345678"})").status,
              404)
        << path;
  }
}

TEST(verify_email, nobody_is_taken_to_another_site) {  // T057
  Site site;
  Browser browser(site);
  browser.follow(
      browser.submit("/account/signup?return_to=%2F%2Fevil.example", signup_form("grace@example.org")));
  EXPECT_EQ(browser.post(check, {{"code", site.letter().code()}}).location, "/");
}

}  // namespace
}  // namespace doorward::test
