#include <gtest/gtest.h>

#include <regex>

#include "addresses.hpp"
#include "flows/flow.hpp"
#include "flows/token_address.hpp"
#include "records/token.hpp"

// Of addresses that wait to be confirmed: what they are good for, and what may be learned by them.
namespace doorward::test {
namespace {

constexpr const char* page = "/account/emails";
constexpr const char* add_page = "/account/emails/add";
constexpr const char* primary_page = "/account/emails/primary";
constexpr const char* remove_page = "/account/emails/remove";

TEST(emails_waiting, an_address_that_waits_is_good_for_nothing) {  // T107, T099
  Site site;
  site.account("ada@example.org");
  Browser browser(site), other(site);
  browser.login("ada@example.org");
  add_address(site, browser, "ada@home.example");
  EXPECT_EQ(other.login("ada@home.example").status, 422);
  other.submit("/account/recovery", {{"identifier", "ada@home.example"}});
  EXPECT_TRUE(site.letters().empty());
  EXPECT_EQ(addresses(site, "ada@example.org"), std::vector<std::string>{"ada@example.org"});
  for (const char* path : {primary_page, remove_page})
    EXPECT_EQ(browser.post_json(path, json({{"email", waiting(browser).front()}})).status, 404) << path;
}

TEST(emails_waiting, who_merely_adds_an_address_keeps_nobody_from_it) {  // T107
  Site site;
  site.account("eve@example.org", "Eve");
  Browser eve(site), owner(site);
  eve.login("eve@example.org");
  const ReadLetter planted = add_address(site, eve, "grace@example.org");
  const ReadLetter own = sign_up(site, owner, "grace@example.org");
  EXPECT_EQ(owner.post("/account/verify-email/check", {{"code", own.code()}}).status, 303);
  EXPECT_TRUE(owner.signed_in());
  open_link(eve, planted);
  EXPECT_EQ(eve.post_json("/account/emails/confirm", "{}").status, 410) << "it has an owner by now";
  EXPECT_EQ(eve.post_json(page, json({{"code", planted.code()}})).status, 422);
  EXPECT_EQ(addresses(site, "eve@example.org"), std::vector<std::string>{"eve@example.org"});
}

TEST(emails_waiting, an_address_of_somebody_cannot_be_told_from_a_free_one) {  // ASVS 6.3.8, T107
  Site site;
  site.account("ada@example.org");
  site.account("bob@example.org", "Bob");
  const auto seen = [&](const std::string& address) {
    Browser browser(site);
    browser.login("ada@example.org");
    browser.get(add_page);
    const Answer asked = browser.post(add_page, {{"email", address}});
    std::string all = masked(asked, address) + masked(browser.follow(asked), address);
    const auto id = waiting(browser);
    EXPECT_EQ(id.size(), 1U);
    site.letters();
    const Answer again = browser.post(page, {{"resend", id.at(0)}});
    all += masked(again, address) + masked(browser.follow(again), address);
    for (int i = 0; i < 6; ++i) all += masked(browser.post(page, {{"code", "00000000"}}), address);
    site.letters();
    EXPECT_EQ(browser.post(page, {{"cancel", waiting(browser).at(0)}}).status, 303);
    return std::regex_replace(all, std::regex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "");
  };
  EXPECT_EQ(seen("bob@example.org"), seen("nobody@example.org"));
}

TEST(emails_waiting, the_owner_of_an_address_is_told_that_somebody_wants_it) {
  Site site;
  site.account("ada@example.org");
  site.account("Bob@example.org", "Bob");
  Browser browser(site);
  browser.login("ada@example.org");
  const ReadLetter letter = add_address(site, browser, "bob@EXAMPLE.org");
  EXPECT_NE(letter.to.find("Bob@example.org"), std::string::npos) << "as it is stored: " << letter.to;
  EXPECT_TRUE(letter.link().empty());
  EXPECT_TRUE(letter.code().empty());
  EXPECT_EQ(letter.text.find("Ada"), std::string::npos) << "nothing that a stranger typed";
}

TEST(emails_waiting, the_code_confirms_in_the_browser_that_asked) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site), other(site);
  browser.login("ada@example.org");
  other.login("ada@example.org");
  const ReadLetter letter = add_address(site, browser, "ada@home.example");
  EXPECT_FALSE(other.get(page).says("name=\"code\""));
  EXPECT_EQ(other.post(page, {{"code", letter.code()}}).status, 422);
  EXPECT_TRUE(browser.get(page).says("name=\"code\""));
  EXPECT_EQ(browser.post(page, {{"code", "00000000"}}).status, 422);
  EXPECT_EQ(browser.post(page, {{"code", letter.code()}}).leads(), "/account/emails: address_confirmed");
}

TEST(emails_waiting, five_wrong_codes_and_the_right_one_comes_too_late) {  // T101
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  const ReadLetter letter = add_address(site, browser, "ada@home.example");
  for (const char* none : {R"({"code":""})", "{}"})
    EXPECT_TRUE(browser.post_json(page, none).says("required")) << "and no try is lost";
  for (int i = 0; i < 5; ++i) EXPECT_EQ(browser.post_json(page, json({{"code", "00000000"}})).status, 422);
  EXPECT_TRUE(browser.post_json(page, json({{"code", letter.code()}})).says("code_expired"));
  EXPECT_EQ(addresses(site, "ada@example.org").size(), 1U);
}

TEST(emails_waiting, a_code_is_none_of_another_account_in_the_same_browser) {
  Site site;
  site.account("ada@example.org");
  site.account("bob@example.org", "Bob");
  Browser browser(site);
  browser.login("ada@example.org");
  const ReadLetter letter = add_address(site, browser, "ada@home.example");
  browser.submit("/account/logout", {});
  browser.login("bob@example.org");
  ASSERT_EQ(browser.name(), "Bob");
  EXPECT_EQ(browser.post_json(page, json({{"code", letter.code()}})).status, 422);
  EXPECT_EQ(addresses(site, "bob@example.org").size(), 1U);
}

TEST(emails_waiting, sent_again_only_the_newest_letter_works) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  const ReadLetter first = add_address(site, browser, "ada@home.example");
  browser.get(page);
  EXPECT_EQ(browser.post(page, {{"resend", waiting(browser).front()}}).status, 303);
  const ReadLetter second = site.letter();
  EXPECT_EQ(waiting(browser).size(), 1U);
  EXPECT_EQ(open_link(browser, first).status, 410);
  EXPECT_EQ(browser.post_json(page, json({{"code", first.code()}})).status, 422);
  EXPECT_EQ(browser.post_json(page, json({{"code", second.code()}})).status, 200);
}

TEST(emails_waiting, one_thing_is_done_at_a_time) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  const ReadLetter letter = add_address(site, browser, "ada@home.example");
  const std::string id = waiting(browser).front();
  for (const FormFields& several :
       {FormFields{{"resend", id}, {"cancel", id}}, FormFields{{"cancel", id}, {"code", letter.code()}},
        FormFields{{"resend", id}, {"code", letter.code()}}})
    EXPECT_EQ(browser.post_json(page, json(several)).status, 400) << json(several);
  EXPECT_EQ(waiting(browser), std::vector<std::string>{id});
  EXPECT_TRUE(site.letters().empty());
}

TEST(emails_waiting, one_mailbox_gets_five_letters_an_hour) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  add_address(site, browser, "ada@home.example");
  Answer last;
  std::size_t sent = 1;
  for (int i = 0; i < 5; ++i) {
    browser.get(page);
    last = browser.post(page, {{"resend", waiting(browser).front()}});
    sent += site.letters().size();
  }
  EXPECT_EQ(last.status, 429);
  EXPECT_EQ(sent, 5U);
}

TEST(emails_waiting, that_are_confirmed_and_cancelled_at_once_are_one_of_both) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  for (int round = 0; round < 5; ++round) {
    const std::string address = "ada" + std::to_string(round) + "@home.example";
    const ReadLetter letter = add_address(site, browser, address);
    open_link(browser, letter);
    const std::string id = waiting(browser).at(0);
    const auto answers = at_once(2, [&](int i) {
      Browser one = browser;
      return i == 0 ? one.post_json("/account/emails/confirm", "{}")
                    : one.post_json(page, json({{"cancel", id}}));
    });
    EXPECT_EQ(count_status(answers, 200), 1) << answers[0].body << answers[1].body;
    const auto own = addresses(site, "ada@example.org");
    EXPECT_EQ(std::count(own.begin(), own.end(), address), answers[0].status == 200 ? 1 : 0);
    site.letters();
  }
}

TEST(emails_waiting, of_a_site_that_changes_addresses_itself_ask_for_no_code) {  // M9
  Site site("emails: {change: request}\n");
  const AccountId ada = site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  browser.get(page);
  const auto& services = site.engine().services();
  services.database.write([&](records::Transaction& tx) {
    const std::string id = make_uuid(site.clock().now(), services.random);
    records::Tokens(tx, services.keys)
        .issue({id, records::TokenPurpose::email_confirm, ada, "ada@home.example",
                services.browsers.binding(browser.cookies.at(services.cookies.browser)),
                flows::seal(services, id, {"ada@home.example", false}),
                site.clock().now() + std::chrono::hours(1)},
               site.clock().now());
  });
  EXPECT_FALSE(browser.get(page).says("name=\"code\""));
  EXPECT_FALSE(browser.send("GET", page, "", {{"accept", "application/json"}}).says("ada@home.example"));
}

TEST(emails_waiting, what_waits_is_gone_after_a_day) {  // T075
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  const ReadLetter letter = add_address(site, browser, "ada@home.example");
  site.clock().pass(std::chrono::hours(24));
  browser.login("ada@example.org");
  EXPECT_FALSE(browser.get(page).says("ada@home.example"));
  EXPECT_EQ(open_link(browser, letter).status, 410);
  EXPECT_EQ(browser.post_json(page, json({{"code", letter.code()}})).status, 422);
}

TEST(emails_waiting, what_waits_is_gone_once_the_password_is_reset) {  // T071
  Site site;
  site.account("ada@example.org");
  Browser intruder(site), owner(site);
  intruder.login("ada@example.org");
  const ReadLetter planted = add_address(site, intruder, "eve@example.org");
  owner.follow(owner.get(ask_for_recovery(site, owner, "ada@example.org").link()));
  EXPECT_EQ(owner.post("/account/recovery/reset", {{"new", new_password}}).status, 303);
  owner.login("ada@example.org", new_password);
  EXPECT_FALSE(owner.get(page).says("eve@example.org"));
  EXPECT_EQ(open_link(owner, planted).status, 410);
}

}  // namespace
}  // namespace doorward::test
