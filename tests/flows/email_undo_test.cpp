#include <gtest/gtest.h>

#include <regex>

#include "addresses.hpp"
#include "authenticator.hpp"
#include "engine/store_check.hpp"

namespace doorward::test {
namespace {

constexpr const char* page = "/account/emails/undo";
constexpr const char* primary_page = "/account/emails/primary";
constexpr const char* remove_page = "/account/emails/remove";
constexpr const char* reset = "/account/recovery/reset";

class email_undo : public ::testing::Test {
 protected:
  email_undo() {
    site.account("ada@example.org");
    intruder.login("ada@example.org");
  }
  // Somebody who knows the password takes the account over; the letter that its owner gets.
  ReadLetter take_over(const std::string& address = "eve@example.org") {
    const ReadLetter letter = add_address(site, intruder, address, true);
    open_link(intruder, letter);
    EXPECT_EQ(intruder.post("/account/emails/confirm", {}).status, 303);
    return site.letter();
  }
  // An address that was there long enough takes the place of the old one, which is removed; the old one's letter.
  ReadLetter replace_address() {
    own_address(site, intruder, "ada@home.example");
    site.clock().pass(std::chrono::hours(73));
    intruder.login("ada@example.org");
    change(intruder, primary_page, "ada@home.example");
    ReadLetter letter = site.letter();
    change(intruder, remove_page, "ada@example.org");
    return letter;
  }
  // The last page is a redirect to where the owner chooses a password.
  Answer undo(Browser& browser, const ReadLetter& letter) {
    EXPECT_EQ(open_link(browser, letter).status, 200);
    return browser.post(page, {});
  }
  Site site;
  Browser intruder{site}, owner{site};
};

TEST_F(email_undo, the_old_address_is_told_and_takes_the_account_back) {  // M18
  const ReadLetter letter = take_over();
  EXPECT_NE(letter.to.find("ada@example.org"), std::string::npos);
  ASSERT_TRUE(intruder.signed_in());
  const Answer undone = undo(owner, letter);
  EXPECT_TRUE(undone.location.starts_with(reset)) << undone.status << undone.location;
  EXPECT_EQ(primary(site, "ada@example.org"), "ada@example.org");
  EXPECT_EQ(addresses(site, "ada@example.org"), std::vector<std::string>{"ada@example.org"});
  EXPECT_FALSE(intruder.signed_in());
  EXPECT_EQ(intruder.login("ada@example.org").status, 422) << "the password is known to somebody else";
  EXPECT_EQ(intruder.login("eve@example.org").status, 422);
  EXPECT_EQ(owner.follow(undone).status, 200);
  EXPECT_EQ(owner.post(reset, {{"new", new_password}}).status, 303);
  EXPECT_EQ(owner.login("ada@example.org", new_password).status, 303);
  EXPECT_TRUE(has_happened(site, "ada@example.org", "email.undo ok"));
}

TEST_F(email_undo, both_addresses_are_told) {
  const ReadLetter letter = take_over();
  undo(owner, letter);
  std::vector<std::string> told;
  for (const ReadLetter& one : site.letters()) {
    EXPECT_NE(one.text.find("ada@example.org"), std::string::npos);
    told.push_back(one.to);
  }
  ASSERT_EQ(told.size(), 2U);
  EXPECT_NE((told[0] + told[1]).find("eve@example.org"), std::string::npos);
  EXPECT_NE((told[0] + told[1]).find("ada@example.org"), std::string::npos);
}

TEST_F(email_undo, looking_changes_nothing_and_the_link_leaves_the_address) {  // T083
  const ReadLetter letter = take_over();
  for (int i = 0; i < 3; ++i) {
    Browser scanner(site);
    const Answer opened = scanner.get(letter.link());
    EXPECT_EQ(opened.location, page);
    EXPECT_EQ(scanner.follow(opened).status, 200);
    EXPECT_EQ(scanner.send("HEAD", letter.link(), "", {}).status, 303);
  }
  EXPECT_TRUE(intruder.signed_in());
  EXPECT_EQ(primary(site, "eve@example.org"), "eve@example.org");
}

TEST_F(email_undo, for_72_hours) {  // M18
  const ReadLetter letter = take_over();
  site.clock().pass(std::chrono::hours(72) - std::chrono::seconds(1));
  EXPECT_EQ(open_link(owner, letter).status, 200);
  site.clock().pass(std::chrono::seconds(1));
  EXPECT_EQ(owner.post(page, {}).status, 410);
  EXPECT_EQ(open_link(owner, letter).status, 410);
  EXPECT_EQ(primary(site, "eve@example.org"), "eve@example.org");
}

TEST_F(email_undo, a_password_that_the_intruder_chose_and_an_address_they_removed_do_not_help) {
  const ReadLetter letter = take_over();
  EXPECT_EQ(change(intruder, remove_page, "ada@example.org").status, 303);
  EXPECT_EQ(intruder.submit("/account/password", {{"current", Site::password}, {"new", new_password}}).status,
            303);
  Browser recovering(site);
  site.letters();
  const ReadLetter planted = ask_for_recovery(site, recovering, "eve@example.org");
  recovering.get(planted.link());
  undo(owner, letter);
  EXPECT_EQ(primary(site, "ada@example.org"), "ada@example.org");
  EXPECT_EQ(addresses(site, "ada@example.org").size(), 1U);
  EXPECT_EQ(recovering.post_json(reset, json({{"new", "another-thing-entirely-5"}})).status, 410);
  EXPECT_EQ(intruder.login("ada@example.org", new_password).status, 422);
  EXPECT_EQ(owner.post_json(reset, json({{"new", "marzipan-lighthouse-38"}})).status, 200);
}

TEST_F(email_undo, a_second_factor_is_asked_for_still) {  // who reads a mailbox hasn't shown more than that
  const ReadLetter letter = take_over();
  const AccountId ada = site.admin().show("ada@example.org")->account.id;
  const Authenticator authenticator = add_authenticator(site, ada);
  undo(owner, letter);
  EXPECT_EQ(owner.post_json(reset, json({{"new", new_password}})).status, 200);
  EXPECT_EQ(owner.login("ada@example.org", new_password).location, "/account/second-factor");
  EXPECT_FALSE(owner.signed_in());
  EXPECT_EQ(owner.post_json("/account/second-factor", json({{"code", authenticator.code(site)}})).status,
            200);
  EXPECT_TRUE(owner.signed_in());
}

TEST_F(email_undo, is_not_offered_to_an_address_that_the_owner_puts_away_again) {  // T071
  site.clock().pass(std::chrono::minutes(1));
  take_over();
  change(intruder, primary_page, "ada@example.org");  // the same session: whoever does it
  const ReadLetter told = site.letter();
  EXPECT_NE(told.to.find("eve@example.org"), std::string::npos);
  EXPECT_TRUE(told.link().empty()) << told.text;
  EXPECT_NE(told.text.find("primary"), std::string::npos);
}

// The account is without a password then: whoever chooses one, by whichever of its mailboxes, is told of.
TEST_F(email_undo, a_password_that_is_chosen_afterwards_is_told_and_so_is_the_sign_in) {
  own_address(site, intruder, "eve@example.org");
  site.clock().pass(std::chrono::hours(73));
  intruder.login("ada@example.org");
  ASSERT_EQ(change(intruder, primary_page, "eve@example.org").status, 303);
  undo(owner, site.letter());
  site.letters();
  site.sign_in_letters();
  Browser again(site);
  const ReadLetter link = ask_for_recovery(site, again, "eve@example.org");
  again.follow(again.get(link.link()));
  ASSERT_EQ(again.post(reset, {{"new", new_password}}).status, 303);
  const ReadLetter told = site.letter();
  EXPECT_NE(told.to.find("ada@example.org"), std::string::npos) << told.to << told.subject;
  ASSERT_EQ(again.login("ada@example.org", new_password).status, 303);
  EXPECT_EQ(site.sign_in_letters().size(), 1U);
}

TEST_F(email_undo, an_address_that_is_back_leaves_a_sound_store) {
  const ReadLetter letter = replace_address();
  site.clock().pass(std::chrono::minutes(1));
  undo(owner, letter);
  ASSERT_EQ(primary(site, "ada@example.org"), "ada@example.org");
  const auto checked = engine::check_store(site.database(), site.keys(), site.clock().now());
  for (const auto& fault : checked.faults)
    ADD_FAILURE() << fault.table << " " << fault.id << " " << fault.what;
}

TEST_F(email_undo, an_address_that_is_back_is_as_old_as_it_was) {
  const ReadLetter letter = replace_address();
  undo(owner, letter);
  EXPECT_EQ(owner.post_json(reset, json({{"new", new_password}})).status, 200);
  owner.login("ada@example.org", new_password);
  site.letters();
  change(owner, primary_page, "ada@home.example");
  EXPECT_FALSE(site.letter().link().empty()) << "it was there before the other one";
}

TEST_F(email_undo, whoever_runs_the_site_ends_the_way_back) {
  const ReadLetter letter = take_over();
  ASSERT_TRUE(site.admin().set_password("eve@example.org", new_password, false));
  EXPECT_EQ(open_link(owner, letter).status, 410);
}

TEST_F(email_undo, an_address_that_was_added_before_it_was_made_primary_goes_too) {
  own_address(site, intruder, "eve@example.org");
  site.clock().pass(std::chrono::minutes(5));
  change(intruder, primary_page, "eve@example.org");
  undo(owner, site.letter());
  EXPECT_EQ(addresses(site, "ada@example.org"), std::vector<std::string>{"ada@example.org"});
}

TEST_F(email_undo, an_address_that_took_its_place_goes_however_long_before_it_was_added) {
  site.clock().pass(std::chrono::minutes(1));
  own_address(site, intruder, "eve@one.example");
  own_address(site, intruder, "eve@two.example");
  site.clock().pass(std::chrono::hours(80));
  intruder.login("ada@example.org");
  change(intruder, primary_page, "eve@one.example");
  const ReadLetter letter = site.letter();
  site.clock().pass(std::chrono::minutes(1));
  change(intruder, primary_page, "eve@two.example");
  undo(owner, letter);
  EXPECT_EQ(addresses(site, "ada@example.org"), std::vector<std::string>{"ada@example.org"});
  site.letters();
  intruder.submit("/account/recovery", {{"identifier", "eve@one.example"}});
  EXPECT_TRUE(site.letters().empty());
}

TEST_F(email_undo, an_address_that_was_there_before_and_took_no_place_stays_as_a_secondary_one) {
  own_address(site, intruder, "ada@home.example");
  site.clock().pass(std::chrono::hours(73));
  intruder.login("ada@example.org");
  undo(owner, take_over());
  EXPECT_EQ(addresses(site, "ada@example.org").size(), 2U);
  EXPECT_EQ(primary(site, "ada@example.org"), "ada@example.org");
}

// As everybody has it who has ever changed their address: the one that is used is the newer one.
TEST_F(email_undo, is_offered_to_a_newer_address_that_was_there_long_enough) {  // M18
  site.clock().pass(std::chrono::minutes(1));
  own_address(site, intruder, "ada@new.example");
  change(intruder, primary_page, "ada@new.example");
  site.letters();
  site.clock().pass(std::chrono::hours(73));
  intruder.login("ada@example.org");
  change(intruder, primary_page, "ada@example.org");
  const ReadLetter letter = site.letter();
  EXPECT_NE(letter.to.find("ada@new.example"), std::string::npos);
  change(intruder, remove_page, "ada@new.example");
  site.letters();
  take_over();
  undo(owner, letter);
  EXPECT_EQ(primary(site, "ada@example.org"), "ada@new.example");
  EXPECT_EQ(addresses(site, "ada@new.example"),
            (std::vector<std::string>{"ada@example.org", "ada@new.example"}));
}

TEST_F(email_undo, letters_say_when_by_the_readers_clock) {  // M21
  const AccountId ada = site.admin().show("ada@example.org")->account.id;
  site.database().write([&](records::Transaction& tx) {
    records::Accounts(tx).set_time_zone(ada, "Asia/Tokyo");
    records::Preferences twelve;
    twelve.clock = "12";
    records::Accounts(tx).set_preferences(ada, twelve);
  });
  const ReadLetter letter = take_over();
  EXPECT_TRUE(std::regex_search(letter.text, std::regex("[0-9]:[0-9]{2} (AM|PM)"))) << letter.text;
  EXPECT_EQ(letter.text.find("UTC"), std::string::npos) << letter.text;
  change(intruder, remove_page, "ada@example.org");
  for (const ReadLetter& one : site.letters()) EXPECT_EQ(one.text.find("UTC"), std::string::npos) << one.text;
}

TEST_F(email_undo, those_from_later_changes_go_and_the_first_one_outlasts_them) {
  const ReadLetter owners = take_over("eve@one.example");
  site.clock().pass(std::chrono::minutes(1));
  const ReadLetter eves = take_over("eve@two.example");
  ASSERT_NE(eves.to.find("eve@one.example"), std::string::npos);
  Browser eve(site);
  undo(eve, eves);
  EXPECT_EQ(primary(site, "eve@one.example"), "eve@one.example");
  undo(owner, owners);
  EXPECT_EQ(primary(site, "ada@example.org"), "ada@example.org");
  EXPECT_EQ(addresses(site, "ada@example.org").size(), 1U);
  EXPECT_EQ(eve.post_json(reset, json({{"new", new_password}})).status, 410);
}

TEST_F(email_undo, the_owner_can_not_be_undone_by_an_intruder) {
  const ReadLetter owners = take_over("eve@one.example");
  site.clock().pass(std::chrono::minutes(1));
  const ReadLetter eves = take_over("eve@two.example");
  undo(owner, owners);
  Browser eve(site);
  EXPECT_EQ(open_link(eve, eves).status, 410);
  EXPECT_EQ(primary(site, "ada@example.org"), "ada@example.org");
}

TEST_F(email_undo, of_fifty_at_once_one_succeeds) {  // T091
  owner.get(take_over().link());
  const auto answers = at_once(50, [&](int) {
    Browser one = owner;
    return one.post_json(page, "{}");
  });
  EXPECT_EQ(count_status(answers, 200), 1);
  EXPECT_EQ(count_status(answers, 410) + count_status(answers, 429), 49);
  EXPECT_EQ(primary(site, "ada@example.org"), "ada@example.org");
}

TEST_F(email_undo, races_with_the_intruder_and_the_account_keeps_its_shape) {  // T235
  const ReadLetter letter = take_over();
  owner.get(letter.link());
  const std::string old = address_id(site, "eve@example.org", "ada@example.org");
  const auto answers = at_once(30, [&](int i) {
    Browser one = i % 3 == 0 ? owner : intruder;
    if (i % 3 == 0) return one.post_json(page, "{}");
    return one.post_json(i % 3 == 1 ? remove_page : primary_page, json({{"email", old}}));
  });
  EXPECT_EQ(count_status(answers, 500), 0);
  EXPECT_EQ(primary(site, "ada@example.org"), "ada@example.org");
  EXPECT_FALSE(intruder.signed_in());
}

TEST_F(email_undo, an_address_that_is_somebody_elses_by_now_is_left_alone) {
  const ReadLetter letter = take_over();
  change(intruder, remove_page, "ada@example.org");
  site.letters();
  Browser anew(site);
  EXPECT_EQ(anew.post_json("/account/verify-email/check",
                           json({{"code", sign_up(site, anew, "ada@example.org").code()}}))
                .status,
            200);
  EXPECT_EQ(open_link(owner, letter).status, 410);
  EXPECT_EQ(owner.post_json(page, "{}").status, 410);
  EXPECT_EQ(primary(site, "eve@example.org"), "eve@example.org");
  EXPECT_TRUE(anew.signed_in());
}

TEST_F(email_undo, an_account_that_was_disabled_stays_so) {
  const ReadLetter letter = take_over();
  owner.get(letter.link());
  ASSERT_TRUE(site.admin().set_status("eve@example.org", records::Account::Status::disabled));
  EXPECT_EQ(owner.post_json(page, "{}").status, 410);
}

TEST_F(email_undo, an_address_that_is_removed_is_told_and_so_is_the_primary_one) {
  own_address(site, intruder, "ada@home.example");
  change(intruder, remove_page, "ada@home.example");
  const auto letters = site.letters();
  ASSERT_EQ(letters.size(), 2U);
  for (const ReadLetter& letter : letters) {
    EXPECT_NE(letter.text.find("ada@home.example"), std::string::npos);
    EXPECT_TRUE(letter.link().empty()) << "what is removed gets no power over the account";
    const bool can_reset = letter.to.find("ada@home.example") == std::string::npos;
    EXPECT_EQ(letter.text.find("/account/recovery") != std::string::npos, can_reset) << letter.text;
  }
  EXPECT_NE(letters[0].to, letters[1].to);
}

}  // namespace
}  // namespace doorward::test
