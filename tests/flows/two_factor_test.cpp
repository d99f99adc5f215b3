#include "two_factor.hpp"

namespace doorward::test {
namespace {

using engine::Verdict;
using namespace std::chrono_literals;

class two_factor : public TwoFactor {};

TEST_F(two_factor, is_turned_on_as_described) {  // M20
  Answer answer = browser.get(page);
  EXPECT_TRUE(answer.says("Use two-factor authentication"));
  EXPECT_FALSE(answer.says(verify)) << "no Verify before Save";
  answer = browser.follow(browser.submit(page, on));
  EXPECT_TRUE(answer.says("checked"));
  EXPECT_TRUE(answer.says(verify));
  EXPECT_FALSE(answer.says("class=\"active\""));
  answer = browser.get(verify);
  EXPECT_TRUE(answer.says("<svg class=\"qr\""));
  phone = read_secret(answer);
  EXPECT_EQ(phone.secret.size(), 20U) << "160 bit";
  answer = browser.post(verify, {{"code", phone.code(site)}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(codes_of(answer).size(), 10U);
  answer = browser.get(page);
  EXPECT_TRUE(answer.says("class=\"active\"")) << "the green check mark";
  EXPECT_TRUE(browser.get("/account/security").says("<span class=\"pill\">On</span>"));
  EXPECT_EQ(Browser(site).login(who).location, "/account/second-factor") << "the next sign-in asks for it";
  EXPECT_TRUE(site.admin().show(who)->second_factor);
  EXPECT_NE(site.letter().subject.find("turned on"), std::string::npos);
  EXPECT_TRUE(has_happened(site, who, "two_factor.on ok"));
}

TEST_F(two_factor, can_be_turned_on_by_a_program) {
  browser.post_json(page, json(on));
  const auto model =
      nlohmann::json::parse(browser.send("GET", verify, "", {{"accept", "application/json"}}).body);
  phone = {from_base32(model.at("secret"))};
  EXPECT_NE(model.at("uri").get<std::string>().find("otpauth://totp/"), std::string::npos);
  const Answer answer = browser.post_json(verify, json({{"code", phone.code(site)}}));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(nlohmann::json::parse(answer.body).at("codes").size(), 10U);
}

TEST_F(two_factor, everything_about_it_wants_a_fresh_session) {  // T129
  browser.submit(page, on);
  site.clock().pass(15min);
  for (const char* path : {page, verify}) {
    EXPECT_TRUE(browser.get(path).location.starts_with("/account/reauthenticate?return_to=")) << path;
    EXPECT_EQ(browser.post_json(path, json(on)).status, 403) << path;
  }
  EXPECT_FALSE(site.admin().show(who)->second_factor);
}

TEST_F(two_factor, the_secret_is_never_shown_again) {  // T129
  const Authenticator secret = begin(browser);
  EXPECT_EQ(read_secret(browser.get(verify)).secret, secret.secret) << "until it is verified";
  EXPECT_EQ(browser.get(verify).header("cache-control"), "no-store");
  browser.post(verify, {{"code", secret.code(site)}});
  EXPECT_EQ(browser.get(verify).location, page);
  for (const char* path : {page, verify, "/account/security", "/account/"}) {
    const Answer answer = browser.send("GET", path, "", {{"accept", "application/json"}});
    EXPECT_FALSE(answer.says("secret\"")) << path;
    EXPECT_FALSE(answer.says("otpauth")) << path;
  }
  EXPECT_EQ(browser.submit(page, on).location, page) << "and it isn't replaced unasked";
  EXPECT_EQ(browser.get(verify).location, page);
}

TEST_F(two_factor, one_that_was_never_verified_is_never_asked_for) {  // T129
  begin(browser);
  EXPECT_FALSE(site.admin().show(who)->second_factor);
  EXPECT_EQ(Browser(site).login(who).location, "/");
  site.clock().pass(30min);
  browser.submit("/account/reauthenticate", {{"password", Site::password}});
  EXPECT_EQ(browser.get(verify).location, page) << "its time is over";
}

TEST_F(two_factor, a_secret_is_of_the_browser_and_the_person_that_it_was_made_for) {
  site.account("bob@example.org", "Bob");
  const Authenticator secret = begin(browser);
  Browser elsewhere(site);
  elsewhere.login(who);
  EXPECT_EQ(elsewhere.get(verify).location, page);
  again(browser, "bob@example.org");
  EXPECT_EQ(browser.get(verify).location, page);
  EXPECT_EQ(browser.post(verify, {{"code", secret.code(site)}}).status, 409);
  EXPECT_FALSE(site.admin().show(who)->second_factor);
  EXPECT_FALSE(site.admin().show("bob@example.org")->second_factor);
}

TEST_F(two_factor, what_others_begin_in_the_same_browser_hides_nothing_of_ones_own) {
  site.account("bob@example.org", "Bob");
  const Authenticator mine = begin(browser);
  again(browser, "bob@example.org");
  site.clock().pass(1s);
  const Authenticator bobs = begin(browser);
  again(browser, who);
  EXPECT_EQ(read_secret(browser.get(verify)).secret, mine.secret);
  EXPECT_NE(bobs.secret, mine.secret);
  EXPECT_EQ(browser.post(verify, {{"code", bobs.code(site)}}).status, 422);
  EXPECT_EQ(browser.post(verify, {{"code", mine.code(site)}}).status, 200);
}

TEST_F(two_factor, a_wrong_code_turns_nothing_on) {
  const Authenticator secret = begin(browser);
  for (const std::string& code :
       {std::string(), std::string("000000"), secret.code(site, -2), secret.code(site, 1)})
    EXPECT_EQ(browser.post(verify, {{"code", code}}).status, 422) << code;
  EXPECT_FALSE(site.admin().show(who)->second_factor);
  EXPECT_TRUE(site.letters().empty());
  EXPECT_EQ(browser.post(verify, {{"code", secret.code(site)}}).status, 200);
}

TEST_F(two_factor, the_code_that_turned_it_on_is_used_up) {  // RFC 6238 5.2
  activate();
  Browser thief(site);
  EXPECT_EQ(login_with_code(thief, who, phone.code(site)).status, 422);
}

TEST_F(two_factor, turning_it_on_ends_all_other_sessions_and_gives_this_one_a_new_token) {  // T037, T043
  Browser elsewhere(site);
  elsewhere.login(who);
  phone = begin(browser);
  Browser before = browser;
  ASSERT_TRUE(before.signed_in() && elsewhere.signed_in());
  browser.post(verify, {{"code", phone.code(site)}});
  EXPECT_FALSE(elsewhere.signed_in());
  EXPECT_FALSE(before.signed_in());
  EXPECT_EQ(browser.may_pass({true, {}, {}, 2}), Verdict::allow) << "both factors were given";
}

TEST_F(two_factor, what_stands_in_the_picture_is_encoded) {  // T129
  site.account("a&b+c@example.org");
  Browser one(site);
  one.login("a&b+c@example.org");
  one.submit(page, on);
  const auto model =
      nlohmann::json::parse(one.send("GET", verify, "", {{"accept", "application/json"}}).body);
  const std::string uri = model.at("uri");
  EXPECT_TRUE(uri.starts_with("otpauth://totp/Harbour%20Notes:a%26b%2Bc%40example.org?secret=")) << uri;
  EXPECT_TRUE(uri.ends_with("&issuer=Harbour%20Notes")) << uri;
}

TEST_F(two_factor, is_turned_off_by_the_box) {
  activate();
  site.letters();
  Browser elsewhere(site);
  site.clock().pass(30s);
  login_with_code(elsewhere, who, phone.code(site));
  Browser before = browser;
  const Answer answer = browser.submit(page, off);
  EXPECT_EQ(answer.leads(), std::string(page) + ": two_factor_off");
  EXPECT_FALSE(elsewhere.signed_in());
  EXPECT_FALSE(before.signed_in());
  EXPECT_TRUE(browser.signed_in());
  EXPECT_FALSE(browser.follow(answer).says("class=\"active\""));
  EXPECT_EQ(Browser(site).login(who).location, "/");
  EXPECT_NE(site.letter().subject.find("turned off"), std::string::npos);
  EXPECT_TRUE(has_happened(site, who, "two_factor.off ok"));
}

TEST_F(two_factor, the_box_is_as_it_was_left_after_the_password_was_asked_for) {
  const auto box = [&](const Answer& answer) { return answer.says("value=\"yes\" checked"); };
  const auto confirmed = [&](FormFields fields) {
    browser.get(page);
    site.clock().pass(16min);
    browser.follow(browser.post(page, fields));
    FormFields proof = {{"password", Site::password}};
    if (site.admin().show(who)->second_factor) proof.emplace_back("code", phone.code(site));
    return browser.follow(browser.post("/account/reauthenticate", proof));
  };
  const Answer told = confirmed(on);
  EXPECT_TRUE(box(told));
  EXPECT_TRUE(told.says("Nothing has been changed yet"));
  EXPECT_FALSE(browser.get(page).says("Nothing has been changed yet"));
  EXPECT_FALSE(box(confirmed(off)));
  activate();
  site.clock().pass(30s);
  ASSERT_TRUE(box(browser.get(page)));
  EXPECT_TRUE(box(confirmed({{"change", "codes"}})));
  EXPECT_FALSE(box(confirmed(off)));
  EXPECT_TRUE(site.admin().show(who)->second_factor) << "nothing was saved";
  EXPECT_TRUE(box(browser.get(std::string(page) + "?change=save"))) << "no link takes the tick away";
  EXPECT_TRUE(box(browser.get(std::string(page) + "?change=save&again=AAAA")));
  browser.post(page, off);
  EXPECT_FALSE(site.admin().show(who)->second_factor);
}

TEST_F(two_factor, a_request_that_says_nothing_turns_nothing_off) {
  activate();
  EXPECT_EQ(browser.submit(page, {}).status, 400);
  EXPECT_EQ(browser.post_json(page, "{}").status, 400);
  for (const char* incomplete : {R"({"change":"save"})", R"({"change":"save","enable":true})",
                                 R"({"change":"save","enabled":false,"x":""})"})
    EXPECT_EQ(browser.post_json(page, incomplete).status, 400) << incomplete;
  for (const char* unknown : {"maybe", "Yes", "-", "2", "ja"}) {
    EXPECT_EQ(browser.post_json(page, json({{"change", "save"}, {"enabled", unknown}})).status, 422)
        << unknown;
  }
  EXPECT_TRUE(site.admin().show(who)->second_factor);
  EXPECT_EQ(browser.post_json(page, R"({"change":"save","enabled":false})").status, 200);
  EXPECT_FALSE(site.admin().show(who)->second_factor);
}

TEST_F(two_factor, a_reload_of_the_first_codes_does_not_say_to_begin_again) {
  phone = begin(browser);
  const FormFields code = {{"code", phone.code(site)}};
  EXPECT_EQ(codes_of(browser.post(verify, code)).size(), 10U);
  const Answer again = browser.post(verify, code);
  EXPECT_EQ(again.status, 409);
  EXPECT_TRUE(again.says("Those that were shown then are good")) << again.body;
  EXPECT_TRUE(has_happened(site, who, "two_factor.on codes_made"));
}

TEST_F(two_factor, a_trusted_browser_has_to_show_the_factor_before_it_can_change_it) {
  activate();
  site.clock().pass(30s);
  Browser trusted(site);
  login_with_code(trusted, who, phone.code(site), {{"trust", "yes"}});
  trusted.submit("/account/logout", {});
  EXPECT_EQ(trusted.login(who).location, "/") << "not asked";
  EXPECT_TRUE(trusted.get(page).location.starts_with("/account/reauthenticate"));
  EXPECT_EQ(trusted.may_pass({true, {}, {}, 2}), Verdict::step_up);
  EXPECT_EQ(trusted.may_pass({true, 15min, {}}), Verdict::step_up);
  Answer answer = trusted.submit("/account/reauthenticate", {{"password", Site::password}});
  EXPECT_EQ(answer.status, 422) << "the password alone isn't enough";
  site.clock().pass(30s);
  answer =
      trusted.submit("/account/reauthenticate", {{"password", Site::password}, {"code", phone.code(site)}});
  EXPECT_EQ(answer.status, 303);
  EXPECT_EQ(trusted.get(page).status, 200);
  EXPECT_EQ(trusted.may_pass({true, {}, {}, 2}), Verdict::allow);
}

TEST_F(two_factor, confirming_with_a_wrong_password_uses_no_code_up) {
  activate();
  site.clock().pass(30s);
  const std::string code = phone.code(site);
  EXPECT_EQ(
      browser.submit("/account/reauthenticate", {{"password", "wrong-password-here"}, {"code", code}}).status,
      422);
  EXPECT_EQ(browser.submit("/account/reauthenticate", {{"password", Site::password}, {"code", code}}).status,
            303);
}

TEST_F(two_factor, an_administrator_can_take_it_away) {
  activate();
  site.letters();
  ASSERT_TRUE(site.admin().reset_second_factor(who));
  EXPECT_FALSE(browser.signed_in());
  EXPECT_EQ(browser.login(who).location, "/");
  EXPECT_NE(site.letter().subject.find("turned off"), std::string::npos);
  EXPECT_TRUE(has_happened(site, who, "two_factor.reset ok"));
  EXPECT_EQ(site.admin().reset_second_factor(who).error().code, "no_second_factor");
}

TEST_F(two_factor, goes_with_the_account) {  // T227
  activate();
  add_recovery_codes(site, ada);
  ASSERT_TRUE(site.admin().remove(who));
  const bool any = site.database().read([&](records::Transaction& tx) {
    bool found = false;
    for (const char* table : {"factor", "recovery_code", "trusted_browser", "token"}) {
      const records::Match of{"account", records::Test::is, records::Value::of_text(ada.str())};
      tx.store().find(table, std::span(&of, 1), nullptr, [&](auto) { found = true; });
    }
    return found;
  });
  EXPECT_FALSE(any);
}

TEST_F(two_factor, turning_it_off_while_it_is_used_leaves_no_doubt) {  // T235
  activate();
  site.clock().pass(30s);
  Browser other(site);
  other.follow(other.login(who));
  const std::string code = phone.code(site);
  const auto answers = at_once(2, [&](int i) {
    Browser one = i == 0 ? browser : other;
    return i == 0 ? one.post_json(page, json({{"change", "save"}, {"enabled", "no"}}))
                  : one.post_json("/account/second-factor", json({{"code", code}}));
  });
  EXPECT_EQ(answers[0].status, 200);
  EXPECT_FALSE(site.admin().show(who)->second_factor);
  EXPECT_TRUE(answers[1].status == 200 || answers[1].status / 100 == 4) << answers[1].status;
}

}  // namespace
}  // namespace doorward::test
