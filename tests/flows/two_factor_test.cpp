#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "authenticator.hpp"

namespace doorward::test {
namespace {

using engine::Verdict;
using namespace std::chrono_literals;

constexpr const char* page = "/account/two-factor";
constexpr const char* verify = "/account/two-factor/verify";
constexpr const char* who = "ada@example.org";
const FormFields on = {{"change", "save"}, {"enabled", "yes"}};
const FormFields off = {{"change", "save"}};

std::string from_base32(const std::string& text) {
  std::string bytes;
  unsigned bits = 0, value = 0;
  for (const char c : text) {
    if (c == ' ') continue;
    value = value << 5U | static_cast<unsigned>(c >= 'A' ? c - 'A' : c - '2' + 26);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(value >> bits & 0xffU);
  }
  return bytes;
}

class two_factor : public ::testing::Test {
 protected:
  two_factor() { browser.login(who); }

  Authenticator read_secret(const Answer& answer) {
    std::smatch found;
    EXPECT_TRUE(
        std::regex_search(answer.body, found, std::regex("<code class=\"secret\">([A-Z2-7 ]+)</code>")))
        << answer.body;
    return {from_base32(found[1])};
  }
  Authenticator begin(Browser& in) {
    in.submit(page, on);
    return read_secret(in.get(verify));
  }
  // All the way: what the answer to the right code says.
  Answer activate() {
    phone = begin(browser);
    return browser.post(verify, {{"code", phone.code(site)}});
  }
  static std::vector<std::string> codes_of(const Answer& answer) {
    std::vector<std::string> codes;
    static const std::regex item("<li>([0-9]+(?:-[0-9A-Z]{4}){6})</li>");
    for (std::sregex_iterator at(answer.body.begin(), answer.body.end(), item), end; at != end; ++at)
      codes.push_back((*at)[1]);
    return codes;
  }
  static Answer again(Browser& in, const std::string& as) {
    in.submit("/account/logout", {});
    return in.login(as);
  }
  Answer sign_in_with_recovery_code(Browser& in, const std::string& code) {
    in.follow(in.login(who));
    return in.post("/account/second-factor", {{"recovery_code", code}});
  }
  Site site;
  AccountId ada = site.account(who);
  Authenticator phone;
  std::string kept;
  Browser browser{site};
};

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

TEST_F(two_factor, a_request_that_says_nothing_turns_nothing_off) {
  activate();
  EXPECT_EQ(browser.submit(page, {}).status, 400);
  EXPECT_EQ(browser.post_json(page, "{}").status, 400);
  EXPECT_TRUE(site.admin().show(who)->second_factor);
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

TEST_F(two_factor, recovery_codes_are_told_once_and_work) {  // T135
  const auto codes = codes_of(activate());
  ASSERT_EQ(codes.size(), 10U);
  for (const char* path : {page, verify, "/account/security"})
    EXPECT_FALSE(browser.get(path).says(codes[0])) << path;
  Browser lost(site);
  EXPECT_EQ(sign_in_with_recovery_code(lost, codes[3]).status, 303);
  EXPECT_TRUE(lost.get(page).says("9 codes left"));
}

TEST_F(two_factor, a_file_of_the_codes_can_be_saved_without_a_script) {
  const Answer answer = activate();
  std::smatch found;
  ASSERT_TRUE(
      std::regex_search(answer.body, found, std::regex("href=\"(data:text/plain[^\"]*)\" download=")));
  EXPECT_NE(found[1].str().find(codes_of(answer)[9]), std::string::npos);
}

TEST_F(two_factor, new_recovery_codes_void_the_old_ones) {  // T135
  const auto old = codes_of(activate());
  site.letters();
  const Answer answer = browser.submit(page, {{"change", "codes"}});
  const auto fresh = codes_of(answer);
  ASSERT_EQ(fresh.size(), 10U);
  EXPECT_NE(site.letter().subject.find("recovery codes"), std::string::npos);
  Browser one(site), two(site);
  EXPECT_EQ(sign_in_with_recovery_code(one, old[0]).status, 422);
  EXPECT_EQ(sign_in_with_recovery_code(two, fresh[0]).status, 303);
  EXPECT_TRUE(has_happened(site, who, "recovery_codes.new ok"));
}

TEST_F(two_factor, trust_is_of_one_browser_and_one_account_for_thirty_days) {
  site.account("bob@example.org", "Bob");
  activate();
  const Authenticator bobs = add_authenticator(site, site.admin().show("bob@example.org")->account.id);
  Browser trusted(site);
  login_with_code(trusted, who, phone.code(site), {{"trust", "yes"}});
  EXPECT_EQ(again(trusted, who).location, "/");
  EXPECT_EQ(again(trusted, "bob@example.org").location, "/account/second-factor");
  EXPECT_EQ(Browser(site).login(who).location, "/account/second-factor");
  Browser thief(site);
  thief.cookies["__Host-doorward-trust"] = std::string(43, 'A');
  EXPECT_EQ(thief.login(who).location, "/account/second-factor");
  site.clock().pass(24h * 30);
  EXPECT_EQ(again(trusted, who).location, "/account/second-factor");
}

TEST_F(two_factor, people_who_share_a_browser_are_trusted_beside_each_other) {
  activate();
  Browser shared(site);
  std::vector<std::string> others;
  const auto trust = [&](const std::string& other) {
    const Authenticator theirs = add_authenticator(site, site.account(other));
    shared.submit("/account/logout", {});
    login_with_code(shared, other, theirs.code(site), {{"trust", "yes"}});
    others.push_back(other);
  };
  site.clock().pass(30s);
  login_with_code(shared, who, phone.code(site), {{"trust", "yes"}});
  for (const char* other : {"bob@example.org", "cleo@example.org", "dan@example.org"}) trust(other);
  EXPECT_EQ(again(shared, who).location, "/");
  for (const std::string& other : others) EXPECT_EQ(again(shared, other).location, "/") << other;
  shared.submit("/account/logout", {});
  shared.login(who);
  browser.submit(page, {{"change", "forget"}});
  EXPECT_EQ(again(shared, who).location, "/account/second-factor");
  EXPECT_EQ(again(shared, "bob@example.org").location, "/") << "one's trust is no other's to end";
  trust("eve@example.org");
  EXPECT_EQ(again(shared, "bob@example.org").location, "/") << "Ada's place was free";
  trust("fay@example.org");
  EXPECT_EQ(again(shared, "bob@example.org").location, "/account/second-factor") << "four, and the newest";
  EXPECT_EQ(again(shared, "cleo@example.org").location, "/");
}

TEST_F(two_factor, a_browser_that_is_trusted_once_more_is_counted_once) {
  activate();
  Browser trusted(site);
  for (int i = 0; i < 2; ++i) {
    site.clock().pass(30s);
    trusted.follow(trusted.login(who));
    if (i == 1) trusted.cookies["__Host-doorward-trust"] = kept;
    trusted.post("/account/second-factor", {{"code", phone.code(site)}, {"trust", "yes"}});
    kept = trusted.cookies["__Host-doorward-trust"];
    trusted.submit("/account/logout", {});
    trusted.cookies.erase("__Host-doorward-trust");
  }
  EXPECT_TRUE(browser.get(page).says("1 browser"));
}

TEST_F(two_factor, trust_ends_with_any_change_of_what_it_stands_for) {
  const auto forget = [&] { browser.submit(page, {{"change", "forget"}}); };
  const auto codes = [&] { browser.submit(page, {{"change", "codes"}}); };
  const auto password = [&] {
    site.clock().pass(1s);
    site.admin().set_password(who, Site::password, false);
  };
  const auto disable = [&] {
    site.admin().set_status(who, records::Account::Status::disabled);
    site.admin().set_status(who, records::Account::Status::active);
  };
  activate();
  for (const std::function<void()>& change :
       {std::function<void()>(forget), std::function<void()>(codes), std::function<void()>(disable),
        std::function<void()>(password)}) {
    site.clock().pass(1min);
    Browser trusted(site);
    login_with_code(trusted, who, phone.code(site), {{"trust", "yes"}});
    ASSERT_EQ(again(trusted, who).location, "/");
    change();
    EXPECT_EQ(again(trusted, who).location, "/account/second-factor");
  }
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
  const bool any = site.engine().services().database.read([&](records::Transaction& tx) {
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
    return i == 0 ? one.post_json(page, json(off))
                  : one.post_json("/account/second-factor", json({{"code", code}}));
  });
  EXPECT_EQ(answers[0].status, 200);
  EXPECT_FALSE(site.admin().show(who)->second_factor);
  EXPECT_TRUE(answers[1].status == 200 || answers[1].status / 100 == 4) << answers[1].status;
}

}  // namespace
}  // namespace doorward::test
