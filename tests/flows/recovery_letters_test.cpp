// Letters of recovery: who gets one, and how many.
#include <gtest/gtest.h>

#include <algorithm>

#include "addresses.hpp"

namespace doorward::test {
namespace {

constexpr const char* reset = "/account/recovery/reset";
constexpr const char* check = "/account/recovery/check";

TEST(recovery_letters, the_letter_goes_to_the_stored_spelling_and_to_owners_only) {  // T099
  Site site;
  site.account("Ada.Lovelace@example.org");
  site.account("off@example.org");
  ASSERT_TRUE(site.admin().set_status("off@example.org", records::Account::Status::disabled));
  ASSERT_TRUE(site.admin().create({"Invited", "invited@example.org", "guest", std::nullopt, false, false}));
  site.letters();  // the invitation
  Browser browser(site);
  const ReadLetter letter = ask_for_recovery(site, browser, "  ADA.lovelace@EXAMPLE.org ");
  EXPECT_NE(letter.to.find("Ada.Lovelace@example.org"), std::string::npos) << letter.to;
  for (const char* nobody : {"off@example.org", "invited@example.org", "guest", "nobody@example.org"}) {
    browser.submit("/account/recovery", {{"identifier", nobody}});
    EXPECT_TRUE(site.letters().empty()) << nobody;
  }
}

// The mailbox that a letter went to, not what was typed for it, is what its link depends on.
TEST(recovery_letters, asked_for_by_login_name_end_with_the_address_that_got_them) {  // T111, T087
  Site site;
  ASSERT_TRUE(site.admin().create({"Ada", "ada@example.org", "countess", Site::password, false, false}));
  Browser owner(site), thief(site), once_more(site);
  owner.login("ada@example.org");
  own_address(site, owner, "ada@home.example");
  const ReadLetter letter = ask_for_recovery(site, thief, "countess");
  EXPECT_NE(letter.to.find("ada@example.org"), std::string::npos);
  EXPECT_EQ(change(owner, "/account/emails/primary", "ada@home.example").status, 303);
  EXPECT_EQ(change(owner, "/account/emails/remove", "ada@example.org").status, 303);
  EXPECT_EQ(open_link(thief, letter).status, 410);
  EXPECT_EQ(thief.post_json(check, json({{"code", letter.code()}})).status, 422);
  site.letters();
  const ReadLetter anew = ask_for_recovery(site, once_more, "countess");
  EXPECT_NE(anew.to.find("ada@home.example"), std::string::npos);
  EXPECT_EQ(open_link(once_more, anew).status, 200);
}

TEST(recovery_letters, are_in_the_activity_of_who_got_them) {  // T231
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  ask_for_recovery(site, browser, "ada@example.org");
  const auto events = site.admin().show("ada@example.org")->history;
  const auto sent = std::find_if(events.begin(), events.end(),
                                 [](const auto& event) { return event.action == "password.send_reset"; });
  ASSERT_NE(sent, events.end());
  EXPECT_EQ(sent->address, browser.address);
  EXPECT_FALSE(sent->request.empty());
}

TEST(recovery_letters, lookalikes_of_an_address_reach_nobody) {  // T103, T113
  Site site;
  site.account("mike@example.org");
  site.account("kate@example.org");
  ASSERT_TRUE(site.admin().create({"Eve", "eve@example.org", "mike", Site::password, false, false}));
  for (const char* typed :
       {"m\xc4\xb1ke@example.org",
        "\xe2\x84\xaa"
        "ate@example.org",
        "\xef\xbd\x8dike@example.org", "mike@example.org@example.net", "mike@example.org,eve@example.org"}) {
    Browser browser(site);
    browser.submit("/account/recovery", {{"identifier", typed}});
    EXPECT_TRUE(site.letters().empty()) << typed;
  }
  Browser browser(site);
  const ReadLetter letter = ask_for_recovery(site, browser, "mike");
  EXPECT_NE(letter.to.find("eve@example.org"), std::string::npos) << letter.to;
}

TEST(recovery_letters, strangers_can_neither_flood_a_mailbox_nor_keep_its_owner_from_a_letter) {
  Site site;
  ASSERT_TRUE(site.admin().create({"Ada", "ada@example.org", "countess", Site::password, false, false}));
  Browser owner(site), new_phone(site);
  owner.login("ada@example.org");
  owner.submit("/account/logout", {});
  std::size_t letters = 0;
  ReadLetter last;
  int asked = 0;
  const auto flood = [&](int n) {
    for (int i = asked; i < asked + n; ++i) {
      Browser stranger(site);
      stranger.address = "10." + std::to_string(i / 250) + "." + std::to_string(i % 250) + ".1";
      const Answer answer =
          stranger.submit("/account/recovery", {{"identifier", i % 2 == 0 ? "Ada@example.org" : "countess"}});
      EXPECT_EQ(answer.location, check) << "nobody is told";
      for (ReadLetter& letter : site.letters()) {
        ++letters;
        last = std::move(letter);
      }
    }
    asked += n;
  };
  flood(12);
  EXPECT_EQ(letters, 5U) << "however the account is named";
  EXPECT_EQ(new_phone.follow(new_phone.get(last.link())).status, 200)
      << "a letter is good whoever asked for it";
  owner.follow(owner.get(ask_for_recovery(site, owner, "ada@example.org").link()));  // her own letters
  for (int minute = 0; minute < 300; ++minute) {  // as long as they go on, there is always one that is good
    flood(1);
    ASSERT_EQ(new_phone.follow(new_phone.get(last.link())).status, 200) << minute;
    site.clock().pass(std::chrono::minutes(1));
  }
  EXPECT_LT(letters, 30U);
  EXPECT_EQ(owner.login("ada@example.org").status, 303);
}

TEST(recovery_letters, a_browser_that_is_not_the_owners_has_no_letters_of_its_own) {
  Site site;
  site.account("ada@example.org");
  site.account("eve@example.org", "Eve");
  Browser eve(site);
  std::size_t letters = 0;
  for (int i = 0; i < 12; ++i) {
    if (i == 6) eve.login("eve@example.org");  // a device cookie, but none of the owner's
    eve.address = "198.51." + std::to_string(i) + ".1";
    EXPECT_EQ(eve.submit("/account/recovery", {{"identifier", "ada@example.org"}}).status, 303);
    letters += site.letters().size();
  }
  EXPECT_EQ(letters, 5U);
  Browser owner(site);
  owner.login("ada@example.org");
  for (int i = 0; i < 12; ++i) {
    owner.address = "198.51." + std::to_string(i) + ".1";
    owner.submit("/account/recovery", {{"identifier", "ada@example.org"}});
    letters += site.letters().size();
  }
  EXPECT_EQ(letters, 10U) << "the owner's own aren't without end either";
}

TEST(recovery_letters, that_no_letter_was_sent_any_more_cannot_be_told_from_outside) {
  Site site;
  site.account("ada@example.org");
  const auto seen = [&](const std::string& who) {
    Browser browser(site);
    std::string all;
    for (int i = 0; i < 9; ++i) {
      browser.address = "198.51." + std::to_string(i) + ".1";
      all += masked(browser.submit("/account/recovery", {{"identifier", who}}), who);
      site.letters();
      browser.get(check);
      for (int j = 0; j < i; ++j) all += masked(browser.post(check, {{"code", "00000000"}}), who);
    }
    return all;
  };
  EXPECT_EQ(seen("ada@example.org"), seen("nobody@example.org"));
}

TEST(recovery_letters, the_code_of_a_letter_is_good_though_another_was_asked_for) {
  Site site("limits:\n  mails_per_address: 1\n");
  site.account("ada@example.org");
  Browser browser(site);
  const ReadLetter letter = ask_for_recovery(site, browser, "ada@example.org");
  browser.submit("/account/recovery", {{"identifier", "ada@example.org"}});
  EXPECT_TRUE(site.letters().empty());
  browser.get(check);
  EXPECT_EQ(browser.post(check, {{"code", letter.code()}}).location, reset);
}

TEST(recovery_letters, sign_ups_with_an_address_take_nothing_from_its_owners_letters) {
  Site site;
  site.account("ada@example.org");
  for (int i = 0; i < 8; ++i) {
    Browser stranger(site);
    stranger.address = "198.51." + std::to_string(i) + ".1";
    stranger.submit("/account/signup", signup_form("ada@example.org"));
  }
  EXPECT_EQ(site.letters().size(), 1U) << "the newest only";
  Browser owner(site);
  EXPECT_FALSE(ask_for_recovery(site, owner, "ada@example.org").link().empty());
}

TEST(recovery_letters, one_network_asks_for_twenty_an_hour) {
  Site site;
  const auto [asked, answer] = ask_until_refused(site, [](Browser& browser, int i) {
    return browser.submit("/account/recovery", {{"identifier", "x" + std::to_string(i) + "@example.org"}});
  });
  EXPECT_EQ(asked, 21);
  EXPECT_EQ(answer.status, 429);
  EXPECT_FALSE(answer.header("retry-after").empty());
}

TEST(recovery_letters, a_letter_that_an_administrator_sends_always_goes_out) {
  Site site("limits:\n  mails_per_address: 1\n");
  site.account("ada@example.org");
  Browser stranger(site);
  ask_for_recovery(site, stranger, "ada@example.org");
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(site.admin().send_reset("ada@example.org"));
    EXPECT_FALSE(site.letter().link().empty());
  }
}

TEST(recovery_letters, the_address_of_links_is_the_sites_whatever_the_request_says) {  // T099, rule 5
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.send("POST", "/account/recovery", R"({"identifier":"ada@example.org"})",
               {{"content-type", "application/json"},
                {"x-forwarded-host", "evil.example"},
                {"forwarded", "host=evil.example"},
                {"x-forwarded-proto", "http"}});
  const ReadLetter letter = site.letter();
  EXPECT_EQ(letter.text.find("evil.example"), std::string::npos);
  EXPECT_FALSE(letter.link().empty());
}

TEST(recovery_letters, a_letter_that_was_not_written_before_the_password_changed_brings_no_link) {
  Site site;
  site.account("ada@example.org");
  Browser stranger(site);
  stranger.submit("/account/recovery", {{"identifier", "ada@example.org"}});
  ASSERT_TRUE(site.admin().set_password("ada@example.org", "umbrella-lighthouse-17", false));
  for (const ReadLetter& letter : site.letters()) EXPECT_EQ(letter.link(), "") << letter.subject;
}

}  // namespace
}  // namespace doorward::test
