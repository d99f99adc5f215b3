#include <gtest/gtest.h>

#include "authenticator.hpp"
#include "flows/flow.hpp"
#include "signin/second_factors.hpp"

namespace doorward::test {
namespace {

using engine::Verdict;
using namespace std::chrono_literals;

constexpr const char* page = "/account/second-factor";
constexpr const char* who = "ada@example.org";
constexpr engine::Rule level_two{true, {}, {}, 2};

class second_factor : public ::testing::Test {
 protected:
  second_factor() { site.account("bob@example.org", "Bob"); }
  Answer use_recovery_code(Browser& in, const std::string& code) {
    in.follow(in.login(who));
    return in.post(page, {{"recovery_code", code}});
  }
  std::string device() {  // a cookie of a browser in which she has signed in before
    const auto& services = site.engine().services();
    const auto account =
        services.database.read([&](records::Transaction& tx) { return records::Accounts(tx).by_id(ada); });
    return services.browsers.device({}, *account, site.clock().now(), services.random);
  }
  Site site;
  AccountId ada = site.account(who);
  Authenticator phone = add_authenticator(site, ada);
  Browser browser{site};
};

TEST_F(second_factor, the_password_alone_opens_nothing) {  // M20, T133
  const Answer answer = browser.login(who);
  EXPECT_EQ(answer.status, 303);
  EXPECT_EQ(answer.location, page);
  EXPECT_EQ(browser.cookies.count("__Host-doorward"), 0U);
  EXPECT_FALSE(browser.signed_in());
  EXPECT_EQ(browser.get("/account/security").status, 303);
  EXPECT_TRUE(has_happened(site, who, "login second_factor_required"));
}

TEST_F(second_factor, the_code_lets_in_to_where_the_person_wanted_to_go) {  // M20
  Answer answer = browser.submit("/account/login?return_to=%2Fwiki%2F",
                                 {{"identifier", who}, {"password", Site::password}, {"remember", "yes"}});
  browser.follow(answer);
  answer = browser.post(page, {{"code", phone.code(site)}});
  EXPECT_EQ(answer.status, 303);
  EXPECT_EQ(answer.location, "/wiki/");
  EXPECT_EQ(browser.may_pass(level_two), Verdict::allow);
  EXPECT_TRUE(has_happened(site, who, "second_factor ok"));
  EXPECT_TRUE(has_happened(site, who, "login ok"));
  site.clock().pass(48h);
  EXPECT_TRUE(browser.signed_in()) << "remembered";
}

TEST_F(second_factor, programs_get_it_as_data) {
  Answer answer =
      browser.post_json("/account/login", json({{"identifier", who}, {"password", Site::password}}));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"next":"/account/second-factor"})");
  answer = browser.post_json(page, json({{"code", "123"}}));
  EXPECT_EQ(answer.status, 422);
  EXPECT_TRUE(answer.says("\"code\":\"factor_code_wrong\"")) << answer.body;
  EXPECT_EQ(browser.post_json(page, json({{"code", phone.code(site)}})).status, 200);
  EXPECT_TRUE(browser.signed_in());
}

TEST_F(second_factor, only_the_present_code_and_the_one_before_are_taken) {  // T131
  browser.follow(browser.login(who));
  for (const int steps : {-3, -2, 1, 2}) {
    EXPECT_EQ(Browser(browser).post(page, {{"code", phone.code(site, steps)}}).status, 422) << steps;
  }
  site.clock().pass(60s);
  EXPECT_EQ(browser.post(page, {{"code", phone.code(site, -1)}}).status, 303);
}

TEST_F(second_factor, nothing_but_six_digits_is_a_code) {  // T131
  const std::string right = phone.code(site);
  for (const std::string& typed :
       {std::string("000000"), std::string("      "), right.substr(1), right + "0", " " + right,
        right.substr(0, 3) + " " + right.substr(3), std::string("٠١٢٣٤٥"), std::string(100000, '1')}) {
    Browser one(site);
    const Answer answer = login_with_code(one, who, typed);
    EXPECT_EQ(answer.status / 100, 4) << typed.substr(0, 20);
    EXPECT_FALSE(one.signed_in());
    site.clock().pass(1h);
  }
}

TEST_F(second_factor, a_code_is_good_once) {  // RFC 6238 5.2
  const std::string code = phone.code(site);
  EXPECT_EQ(login_with_code(browser, who, code).status, 303);
  Browser thief(site);
  EXPECT_EQ(login_with_code(thief, who, code).status, 422);
  EXPECT_FALSE(thief.signed_in());
}

TEST_F(second_factor, an_older_code_is_not_good_after_a_newer_one) {
  site.clock().pass(30s);
  const std::string older = phone.code(site, -1);
  EXPECT_EQ(login_with_code(browser, who, phone.code(site)).status, 303);
  Browser thief(site);
  EXPECT_EQ(login_with_code(thief, who, older).status, 422);
}

TEST_F(second_factor, of_fifty_who_bring_the_same_code_one_gets_in) {
  const std::string code = phone.code(site);
  std::vector<Browser> browsers;
  for (int i = 0; i < 50; ++i) {
    browsers.emplace_back(site);
    // Limits are no reason why only one gets in: each has a device of its own, and five devices' tries are let through.
    browsers.back().cookies["__Host-doorward-device"] = device();
    browsers.back().follow(browsers.back().login(who));
  }
  const auto answers =
      at_once(50, [&](int i) { return browsers[static_cast<std::size_t>(i)].post(page, {{"code", code}}); });
  EXPECT_EQ(count_status(answers, 303), 1);
  EXPECT_EQ(count_status(answers, 422) + count_status(answers, 429), 49);
}

TEST_F(second_factor, the_step_is_over_after_five_minutes) {  // T137
  browser.follow(browser.login(who));
  site.clock().pass(5min);
  EXPECT_EQ(browser.post(page, {{"code", phone.code(site)}}).status, 410);
  EXPECT_FALSE(browser.signed_in());
  EXPECT_EQ(browser.get(page).location, "/account/login");
}

TEST_F(second_factor, the_step_is_taken_once) {  // T137
  browser.follow(browser.login(who));
  Browser copy = browser;
  EXPECT_EQ(browser.post(page, {{"code", phone.code(site)}}).status, 303);
  site.clock().pass(30s);
  EXPECT_EQ(copy.post(page, {{"code", phone.code(site)}}).status, 410);
}

TEST_F(second_factor, the_step_belongs_to_the_browser_that_gave_the_password) {  // T137
  browser.follow(browser.login(who));
  Browser other(site);
  other.get("/account/login");
  other.cookies["__Host-doorward-step"] = browser.cookies["__Host-doorward-step"];
  EXPECT_EQ(other.post(page, {{"code", phone.code(site)}}).status, 410);
  EXPECT_FALSE(other.signed_in());
}

TEST_F(second_factor, is_no_way_around_the_password) {  // T093
  browser.get("/account/login");
  EXPECT_EQ(browser.get(page).location, "/account/login");
  EXPECT_EQ(browser.post(page, {{"code", phone.code(site)}}).status, 410);
  EXPECT_EQ(browser.post_json(page, json({{"code", phone.code(site)}, {"identifier", who}})).status, 410);
  const ReadLetter letter = ask_for_recovery(site, browser, who);
  browser.follow(browser.get(letter.link()));
  EXPECT_EQ(browser.post(page, {{"code", phone.code(site)}}).status, 410) << "with the token of a reset";
  EXPECT_FALSE(browser.signed_in());
}

TEST_F(second_factor, what_was_typed_for_one_person_is_not_done_for_another) {  // T033
  const AccountId bob = site.admin().show("bob@example.org")->account.id;
  const Authenticator bobs = add_authenticator(site, bob);
  browser.follow(browser.login(who));
  Browser other_tab = browser;  // Ada's page stays open there
  browser.follow(browser.login("bob@example.org"));
  other_tab.cookies = browser.cookies;  // one jar
  EXPECT_EQ(other_tab.post(page, {{"code", bobs.code(site)}}).status, 410);
  EXPECT_EQ(browser.get(page).status, 200) << "Bob's step is there still";
}

TEST_F(second_factor, somebody_elses_code_is_wrong) {
  const Authenticator bobs = add_authenticator(site, site.admin().show("bob@example.org")->account.id);
  EXPECT_EQ(login_with_code(browser, who, bobs.code(site)).status, 422);
}

TEST_F(second_factor, a_password_that_was_changed_meanwhile_opens_nothing) {  // T043
  browser.follow(browser.login(who));
  site.clock().pass(1s);
  ASSERT_TRUE(site.admin().set_password(who, new_password, false));
  EXPECT_EQ(browser.post(page, {{"code", phone.code(site)}}).status, 410);
  EXPECT_FALSE(browser.signed_in());
}

TEST_F(second_factor, one_that_was_turned_off_meanwhile_is_asked_for_no_more_and_opens_nothing) {
  const auto codes = add_recovery_codes(site, ada);
  browser.follow(browser.login(who));
  ASSERT_TRUE(site.admin().reset_second_factor(who));
  const Answer answer = browser.post(page, {{"code", phone.code(site)}});
  EXPECT_EQ(answer.status, 410);
  EXPECT_FALSE(answer.says("isn’t right"));
  EXPECT_EQ(browser.post_json(page, json({{"recovery_code", codes[0]}})).status, 410);
  EXPECT_FALSE(browser.signed_in());
  EXPECT_EQ(browser.get(page).location, "/account/login");
  EXPECT_EQ(browser.login(who).location, "/");
}

TEST_F(second_factor, an_account_that_was_disabled_meanwhile_stays_outside) {  // T031
  browser.follow(browser.login(who));
  ASSERT_TRUE(site.admin().set_status(who, records::Account::Status::disabled));
  EXPECT_EQ(browser.post(page, {{"code", phone.code(site)}}).status / 100, 4);
  EXPECT_FALSE(browser.signed_in());
}

TEST_F(second_factor, after_five_wrong_codes_one_has_to_wait) {
  browser.follow(browser.login(who));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(browser.post(page, {{"code", "000000"}}).status, 422);
  const Answer refused = browser.post(page, {{"code", phone.code(site)}});
  EXPECT_EQ(refused.status, 429);
  EXPECT_FALSE(refused.header("retry-after").empty());
  Browser elsewhere(site);
  elsewhere.address = "203.0.113.9";
  EXPECT_EQ(login_with_code(elsewhere, who, phone.code(site)).status, 429) << "it is the account that waits";
  site.clock().pass(30s);
  EXPECT_EQ(browser.post(page, {{"code", phone.code(site)}}).status, 303);
  EXPECT_TRUE(has_happened(site, who, "second_factor factor_code_wrong"));
}

TEST_F(second_factor, after_a_hundred_wrong_codes_in_a_row_no_code_is_good_any_more) {  // SP 800-63B-4 3.2.2
  const auto codes = add_recovery_codes(site, ada);
  const flows::Services& services = site.engine().services();
  for (int i = 0; i < 99; ++i) {
    services.database.write([&](records::Transaction& tx) {
      signin::SecondFactors(tx, services.keys, services.settings.two_factor)
          .check_code(ada, "000000", site.clock().now());
    });
  }
  EXPECT_EQ(login_with_code(browser, who, "000000").status, 422) << "the hundredth";
  site.clock().pass(1h);
  const Answer refused = login_with_code(browser, who, phone.code(site));
  EXPECT_EQ(refused.status, 422);
  EXPECT_TRUE(refused.says("Too many wrong codes"));
  EXPECT_EQ(use_recovery_code(browser, codes[0]).status, 303);
  site.clock().pass(1h);
  Browser again(site);
  EXPECT_EQ(login_with_code(again, who, phone.code(site)).status, 303) << "its owner was there";
}

TEST_F(second_factor, nobody_learns_of_it_before_the_password_was_right) {
  Browser at_ada(site), at_bob(site);
  const Answer ones = at_ada.login(who, "wrong-password-here"),
               others = at_bob.login("bob@example.org", "wrong-password-here");
  EXPECT_EQ(masked(ones, who), masked(others, "bob@example.org"));
}

TEST_F(second_factor, a_recovery_code_stands_in_for_the_device_once) {  // T135
  const auto codes = add_recovery_codes(site, ada);
  const Answer answer = use_recovery_code(browser, codes[2]);
  EXPECT_EQ(answer.status, 303);
  EXPECT_EQ(browser.may_pass(level_two), Verdict::allow);
  const ReadLetter letter = site.letter();
  EXPECT_NE(letter.to.find(who), std::string::npos);
  EXPECT_NE(letter.text.find("9 recovery codes left"), std::string::npos) << letter.text;
  Browser again(site);
  EXPECT_EQ(use_recovery_code(again, codes[2]).status, 422);
  EXPECT_FALSE(again.signed_in());
}

TEST_F(second_factor, of_fifty_who_bring_the_same_recovery_code_one_gets_in) {  // T135
  const auto codes = add_recovery_codes(site, ada);
  std::vector<Browser> browsers;
  for (int i = 0; i < 50; ++i) {
    browsers.emplace_back(site);
    browsers.back().cookies["__Host-doorward-device"] = device();
    browsers.back().follow(browsers.back().login(who));
  }
  const auto answers = at_once(50, [&](int i) {
    return browsers[static_cast<std::size_t>(i)].post(page, {{"recovery_code", codes[0]}});
  });
  EXPECT_EQ(count_status(answers, 303), 1);
  EXPECT_EQ(count_status(answers, 422) + count_status(answers, 429), 49);
}

TEST_F(second_factor, a_recovery_code_is_read_as_people_write) {
  const auto codes = add_recovery_codes(site, ada);
  std::string lower = codes[0], blanks = codes[9];
  for (char& c : lower) c = c == '0' ? 'o' : c == '1' ? 'l' : static_cast<char>(std::tolower(c));
  lower[0] = '1';
  for (char& c : blanks) c = c == '-' ? ' ' : c;
  Browser one(site), two(site);
  EXPECT_EQ(use_recovery_code(one, lower).status, 303) << lower;
  EXPECT_EQ(use_recovery_code(two, blanks).status, 303) << blanks;
}

TEST_F(second_factor, a_recovery_code_is_taken_as_it_is_pasted) {
  const auto codes = add_recovery_codes(site, ada);
  std::size_t next = 0;
  for (const char* dash : {"–", "‑", "−", "\u00a0", "\u200b", "   ", "\t", "－"}) {
    const std::string& code = codes[next++];
    std::string pasted = "\ufeff ";
    for (const char c : code) pasted += c == '-' ? std::string(dash) : std::string(1, c);
    Browser one(site);
    EXPECT_EQ(use_recovery_code(one, pasted).status, 303) << pasted;
  }
  std::string wide;
  for (const char c : codes[next]) {  // U+FF01 stands for "!", and so on
    const unsigned point = 0xff01U + static_cast<unsigned>(c - '!');
    for (const unsigned byte : {0xe0U | point >> 12U, 0x80U | (point >> 6U & 0x3fU), 0x80U | (point & 0x3fU)})
      wide += static_cast<char>(byte);
  }
  EXPECT_EQ(use_recovery_code(browser, wide).status, 303) << wide;
}

TEST_F(second_factor, recovery_codes_of_others_and_made_up_ones_are_wrong) {
  const auto mine = add_recovery_codes(site, ada);
  const auto bobs = add_recovery_codes(site, site.admin().show("bob@example.org")->account.id);
  for (const std::string& code :
       {bobs[0], "2" + mine[0].substr(1), mine[0].substr(2), "0-" + mine[0].substr(2),
        "11-" + mine[0].substr(2), mine[0].substr(0, mine[0].size() - 1), mine[0] + "0", std::string("1"),
        std::string(100000, '1'), std::string("1-ÄÄÄÄ")}) {
    Browser one(site);
    EXPECT_EQ(use_recovery_code(one, code).status / 100, 4) << code.substr(0, 40);
    site.clock().pass(1h);
  }
  EXPECT_EQ(use_recovery_code(browser, mine[0]).status, 303) << "none of it has used it up";
}

TEST_F(second_factor, a_reset_neither_signs_in_nor_takes_it_away) {  // T095, ASVS 6.4.3
  const ReadLetter letter = ask_for_recovery(site, browser, who);
  Answer answer = browser.follow(browser.get(letter.link()));
  answer = browser.post("/account/recovery/reset", {{"new", new_password}});
  EXPECT_EQ(answer.status, 303);
  EXPECT_FALSE(browser.signed_in());
  EXPECT_EQ(browser.login(who, new_password).location, page);
}

TEST_F(second_factor, comes_before_a_forced_change_of_the_password) {
  ASSERT_TRUE(site.admin().set_password(who, new_password, true));
  Answer answer = browser.login(who, new_password);
  EXPECT_EQ(answer.location, page);
  browser.follow(answer);
  answer = browser.post(page, {{"code", phone.code(site)}});
  EXPECT_EQ(answer.location, "/account/invitation");
  EXPECT_FALSE(browser.signed_in());
}

TEST_F(second_factor, administrators_are_asked_at_the_backup_sign_in_too) {  // D10
  const Authenticator roots = add_authenticator(site, site.account("root@example.org", "Root", true));
  Answer answer =
      browser.submit("/backup-login", {{"identifier", "root@example.org"}, {"password", Site::password}});
  EXPECT_EQ(answer.location, page);
  EXPECT_FALSE(browser.follow(answer).says("name=\"trust\""));
  answer = browser.post(page, {{"code", roots.code(site)}, {"trust", "yes"}});
  EXPECT_EQ(answer.location, "/account/");
  EXPECT_EQ(browser.cookies.count("__Host-doorward-trust"), 0U);
  site.clock().pass(31min);
  EXPECT_FALSE(browser.signed_in()) << "a short session";
  EXPECT_TRUE(has_happened(site, "root@example.org", "backup_login ok"));
}

TEST_F(second_factor, changing_the_password_goes_on_by_the_same_factors) {
  login_with_code(browser, who, phone.code(site));
  site.clock().pass(10min);
  EXPECT_EQ(browser.submit("/account/password", {{"current", Site::password}, {"new", new_password}}).status,
            303);
  EXPECT_EQ(browser.may_pass(level_two), Verdict::allow);
  EXPECT_EQ(browser.may_pass({true, 15min, {}}), Verdict::allow);
  site.clock().pass(5min);
  EXPECT_EQ(browser.may_pass({true, 15min, {}}), Verdict::step_up) << "the code wasn't given again";
}

}  // namespace
}  // namespace doorward::test
