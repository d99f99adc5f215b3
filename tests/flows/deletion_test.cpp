#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "addresses.hpp"
#include "authenticator.hpp"
#include "records/email.hpp"
#include "records/membership.hpp"
#include "records/organization.hpp"
#include "records/session.hpp"
#include "records/token.hpp"
#include "steps.hpp"

namespace doorward::test {
namespace {

constexpr const char* page = "/account/deletion";
constexpr const char* done = "/account/deletion/done";
const FormFields meant = {{"confirm", "yes"}, {"password", Site::password}};

bool exists(Site& site, const std::string& who) { return site.admin().show(who).has_value(); }

Browser signed_in(Site& site, const std::string& who) {
  Browser browser(site);
  EXPECT_EQ(browser.login(who).status, 303);
  return browser;
}

long administrators(Site& site) {
  return static_cast<long>(site.database().read([](records::Transaction& tx) {
    return records::Memberships(tx)
        .holders(records::Organizations::site(), records::administrator_role)
        .size();
  }));
}

TEST(deletion, says_what_goes_and_what_stays) {  // M25
  Site site;
  site.account("ada@example.org");
  const Answer answer = signed_in(site, "ada@example.org").get(page);
  EXPECT_EQ(answer.status, 200);
  for (const char* part : {"ada@example.org", "What goes at once", "for 30 days", "/account/export"})
    EXPECT_TRUE(answer.says(part)) << part;
}

TEST(deletion, names_all_that_is_missing_at_once) {
  Site site;
  const AccountId ada = site.account("ada@example.org");
  const Authenticator phone = add_authenticator(site, ada);
  Browser here(site);
  login_with_code(here, "ada@example.org", phone.code(site), {});
  const Answer answer = here.submit(page, {});
  EXPECT_EQ(answer.status, 422);
  for (const char* id : {"confirm-error", "password-error", "code-error"})
    EXPECT_TRUE(answer.says("id=\"" + std::string(id) + "\"")) << id;
  EXPECT_TRUE(exists(site, "ada@example.org"));
}

TEST(deletion, signs_out_everywhere_and_leaves_no_account) {  // M25, T227
  Site site;
  site.account("ada@example.org");
  site.account("bob@example.org", "Bob");
  Browser here = signed_in(site, "ada@example.org"), phone = signed_in(site, "ada@example.org"),
          bob = signed_in(site, "bob@example.org");
  ASSERT_TRUE(phone.signed_in());
  const Browser copy = here;  // cookies that somebody kept
  const Answer answer = here.submit(page, meant);
  EXPECT_EQ(answer.location, done) << answer.status << answer.body;
  EXPECT_FALSE(exists(site, "ada@example.org"));
  for (Browser browser : {here, phone, copy}) EXPECT_FALSE(browser.signed_in());
  EXPECT_TRUE(bob.signed_in());
  const Answer goodbye = here.follow(answer);
  EXPECT_EQ(goodbye.status, 200);
  EXPECT_EQ(goodbye.heading(), "Your account is deleted");
  EXPECT_FALSE(goodbye.says("Ada")) << "nobody is known here any more";
  EXPECT_EQ(here.login("ada@example.org").status, 422);
}

TEST(deletion, wants_the_second_factor_of_who_has_one_in_any_browser) {  // M25
  Site site;
  const AccountId ada = site.account("ada@example.org");
  const Authenticator phone = add_authenticator(site, ada);
  const auto codes = add_recovery_codes(site, ada);
  Browser here(site);
  login_with_code(here, "ada@example.org", phone.code(site), {{"trust", "yes"}});
  ASSERT_TRUE(here.signed_in());
  const auto with = [](FormFields fields, const char* name, const std::string& value) {
    fields.emplace_back(name, value);
    return fields;
  };
  EXPECT_EQ(here.submit(page, meant).status, 422);
  EXPECT_EQ(here.submit(page, with(meant, "code", phone.code(site))).status, 422) << "it was good once";
  EXPECT_EQ(here.submit(page, with(meant, "code", "000000")).status, 422);
  FormFields wrong = {{"confirm", "yes"}, {"password", "not the password"}};
  EXPECT_EQ(here.submit(page, with(wrong, "recovery_code", codes[0])).status, 422);
  ASSERT_TRUE(exists(site, "ada@example.org"));
  EXPECT_EQ(here.submit(page, with(meant, "recovery_code", codes[0])).location, done);
  EXPECT_FALSE(exists(site, "ada@example.org"));
}

TEST(deletion, takes_the_browsers_cookies) {
  Site site;
  site.account("ada@example.org");
  Browser here = signed_in(site, "ada@example.org");
  const http::CookieNames& names = site.cookie_names();
  here.cookies[names.step] = "half-way";
  ASSERT_EQ(here.submit(page, meant).status, 303);
  for (const std::string& name : {names.session, names.device, names.step})
    EXPECT_EQ(here.cookies.count(name), 0U) << name;
}

TEST(deletion, is_told_by_a_last_letter_that_needs_no_account) {
  Site site;
  site.account("ada@example.org");
  ASSERT_EQ(signed_in(site, "ada@example.org").submit(page, meant).status, 303);
  const ReadLetter letter = site.letter();
  EXPECT_EQ(letter.to, "ada@example.org");
  EXPECT_EQ(letter.subject, "Your account on Harbour Notes was deleted");
  for (const char* part : {"192.0.2.7", "30 days"})
    EXPECT_NE(letter.text.find(part), std::string::npos) << part << "\n" << letter.text;
  EXPECT_TRUE(site.admin().queue(records::OutboxState::waiting, 10).empty()) << "kept until it is sent";
}

std::vector<std::string> told(Site& site) {
  std::vector<std::string> told;
  for (const ReadLetter& letter : site.letters()) {
    if (letter.subject == "Your account on Harbour Notes was deleted") told.push_back(letter.to);
  }
  std::sort(told.begin(), told.end());
  return told;
}

void take_over(Site& site, Browser& browser, const std::string& from, const std::string& to) {
  const ReadLetter letter = add_address(site, browser, to, true);
  open_link(browser, letter);
  ASSERT_EQ(browser.post("/account/emails/confirm", {}).status, 303);
  const auto all = addresses(site, to);
  if (std::find(all.begin(), all.end(), from) != all.end()) {
    ASSERT_EQ(change(browser, "/account/emails/remove", from).status, 303);
  }
  site.letters();
}

// Whoever knows the password may put an address of their own in the primary one's place, and delete the account at once.
TEST(deletion, is_told_to_who_was_the_owner_a_moment_ago) {
  Site site;
  site.account("ada@example.org");
  Browser thief = signed_in(site, "ada@example.org");
  own_address(site, thief, "other@example.org");
  take_over(site, thief, "ada@example.org", "thief@example.net");
  ASSERT_EQ(thief.submit(page, meant).status, 303);
  EXPECT_EQ(told(site),
            (std::vector<std::string>{"ada@example.org", "other@example.org", "thief@example.net"}));
}

TEST(deletion, is_not_told_where_a_link_of_long_ago_led) {
  Site site;
  site.account("ada@example.org");
  Browser here = signed_in(site, "ada@example.org");
  take_over(site, here, "ada@example.org", "new@example.org");
  site.clock().pass(std::chrono::hours(73));
  ASSERT_TRUE(site.admin().remove("new@example.org"));
  EXPECT_EQ(told(site), std::vector<std::string>{"new@example.org"});
}

TEST(deletion, by_the_command_is_the_same) {
  Site site;
  site.account("ada@example.org");
  Browser ada = signed_in(site, "ada@example.org");
  ASSERT_TRUE(site.admin().remove("ada@example.org"));
  EXPECT_FALSE(ada.signed_in());
  EXPECT_EQ(site.letter().subject, "Your account on Harbour Notes was deleted");
}

TEST(deletion, of_an_account_whose_address_was_never_confirmed_writes_to_nobody) {
  Site site;
  ASSERT_TRUE(site.admin().create({"Grace", "grace@example.org", {}, {}, false, false}));
  ASSERT_EQ(site.letters().size(), 1U) << "the invitation";
  ASSERT_TRUE(site.admin().remove("grace@example.org"));
  EXPECT_TRUE(site.letters().empty());
}

TEST(deletion, asks_who_signed_in_long_ago_to_confirm_first) {  // T227
  Site site;
  site.account("ada@example.org");
  Browser here = signed_in(site, "ada@example.org");
  here.get(page);
  site.clock().pass(site.engine().settings().session.fresh);
  EXPECT_EQ(here.get(page).location, "/account/reauthenticate?return_to=%2Faccount%2Fdeletion");
  EXPECT_EQ(here.post(page, meant).location, "/account/reauthenticate?return_to=%2Faccount%2Fdeletion");
  EXPECT_TRUE(exists(site, "ada@example.org"));
}

TEST(deletion, without_the_tick_or_the_password_nothing_happens) {
  Site site;
  site.account("ada@example.org");
  Browser here = signed_in(site, "ada@example.org");
  EXPECT_EQ(here.submit(page, {{"password", Site::password}}).status, 422);
  EXPECT_EQ(here.submit(page, {{"confirm", "no"}, {"password", Site::password}}).status, 422);
  EXPECT_EQ(here.submit(page, {{"confirm", "yes"}}).status, 422);
  EXPECT_EQ(here.submit(page, {{"confirm", "yes"}, {"password", ""}}).status, 422);
  EXPECT_TRUE(here.signed_in());
}

TEST(deletion, is_not_told_at_an_address_that_only_waits) {
  Site site;
  site.account("ada@example.org");
  Browser here = signed_in(site, "ada@example.org");
  add_address(site, here, "somebody@example.com", false);
  site.letters();
  ASSERT_EQ(here.submit(page, meant).status, 303);
  EXPECT_EQ(told(site), std::vector<std::string>{"ada@example.org"});
}

// Whoever has altered rows of the store keeps nobody from deleting an account, and nobody else from being told.
TEST(deletion, goes_on_past_addresses_that_were_altered) {
  Site site;
  site.account("ada@example.org");
  site.account("bob@example.org", "Bob");
  Browser here = signed_in(site, "ada@example.org"), bob = signed_in(site, "bob@example.org");
  take_over(site, here, "ada@example.org", "eve@example.com");
  take_over(site, bob, "bob@example.org", "eve@example.net");
  site.letters();
  site.database().write([&](records::Transaction& tx) {
    records::update(tx, records::Token::table, {}, {{"payload", records::Value::of_bytes("x")}});
    records::update(tx, records::Email::table,
                    {{"key", records::Test::is, records::Value::of_text("eve@example.net")}},
                    {{"address", records::Value::of_text("no address")}});
  });
  EXPECT_EQ(here.submit(page, meant).status, 303);
  EXPECT_EQ(told(site), std::vector<std::string>{"eve@example.com"});
  EXPECT_EQ(bob.submit(page, meant).status, 303);
  EXPECT_EQ(told(site), std::vector<std::string>{});
  for (const auto state : {records::OutboxState::waiting, records::OutboxState::dead})
    EXPECT_TRUE(site.admin().queue(state, 10).empty()) << "none is owed that can't be sent";
}

TEST(deletion, is_not_told_where_a_link_led_that_is_somebody_elses_by_now) {
  Site site;
  site.account("ada@example.org");
  site.account("bob@example.org", "Bob");
  Browser here = signed_in(site, "ada@example.org"), bob = signed_in(site, "bob@example.org");
  take_over(site, here, "ada@example.org", "new@example.org");
  own_address(site, bob, "ada@example.org");
  site.letters();
  ASSERT_EQ(here.submit(page, meant).status, 303);
  EXPECT_EQ(told(site), std::vector<std::string>{"new@example.org"});
}

TEST(deletion, a_wrong_password_is_recorded_and_counted) {  // T227, T231
  Site site("limits:\n  account_failures: 3\n");
  site.account("ada@example.org");
  Browser here = signed_in(site, "ada@example.org");
  here.cookies.erase(site.cookie_names().device);
  const FormFields wrong = {{"confirm", "yes"}, {"password", "not-it-at-all"}};
  const Answer refused = here.submit(page, wrong);
  EXPECT_EQ(refused.status, 422);
  EXPECT_TRUE(refused.says("That isn’t your password."));
  EXPECT_TRUE(refused.says(" checked")) << "the tick stays";
  EXPECT_TRUE(has_happened(site, "ada@example.org", "account.delete wrong_password"));
  int tries = 1;
  while (tries < 20 && here.submit(page, wrong).status == 422) ++tries;
  EXPECT_EQ(tries, 3);
  EXPECT_EQ(here.submit(page, meant).status, 429) << "not even the right one, for a while";
  EXPECT_TRUE(here.signed_in());
}

TEST(deletion, of_the_only_administrator_is_refused) {
  Site site;
  site.account("ada@example.org", "Ada", true);
  Browser ada = signed_in(site, "ada@example.org");
  const Answer answer = ada.get(page);
  EXPECT_TRUE(answer.says("You are the only administrator"));
  EXPECT_FALSE(answer.says("name=\"password\"")) << "nothing to fill in";
  EXPECT_EQ(ada.post(page, meant).status, 409);
  EXPECT_TRUE(ada.signed_in());
  EXPECT_TRUE(has_happened(site, "ada@example.org", "account.delete only_administrator"));
  // Nobody who couldn't sign in takes the place.
  site.account("off@example.org", "Off", true);
  ASSERT_TRUE(site.admin().set_status("off@example.org", records::Account::Status::disabled));
  ASSERT_TRUE(site.admin().create({"Grace", "grace@example.org", {}, {}, true, false}));
  EXPECT_EQ(ada.post(page, meant).status, 409);
  site.account("bob@example.org", "Bob", true);
  EXPECT_EQ(ada.submit(page, meant).status, 303);
}

TEST(deletion, of_the_last_two_administrators_at_once_leaves_one) {  // T235
  for (int round = 0; round < 2; ++round) {
    Site site("password:\n  hash_memory: 19 MiB\nlimits:\n  account_failures: 100\n");
    std::vector<Browser> browsers;
    for (const std::string who : {"ada@example.org", "bob@example.org"}) {
      site.account(who, "Somebody", true);
      Browser browser = signed_in(site, who);
      browser.get(page);
      for (int i = 0; i < 25; ++i) browsers.push_back(browser);
    }
    const auto answers =
        at_once(50, [&](int i) { return browsers[static_cast<std::size_t>(i)].post(page, meant); });
    EXPECT_EQ(administrators(site), 1);
    EXPECT_NE(exists(site, "ada@example.org"), exists(site, "bob@example.org"));
    EXPECT_GE(count_status(answers, 409), 1) << "whoever stays was refused";
  }
}

TEST(deletion, leaves_no_session_to_who_signs_in_meanwhile) {  // T235, T031
  for (int round = 0; round < 2; ++round) {
    Site site("password:\n  hash_memory: 19 MiB\n");
    const AccountId id = site.account("ada@example.org");
    Browser here = signed_in(site, "ada@example.org");
    here.get(page);
    std::vector<Browser> others(11, Browser(site));
    for (Browser& other : others) other.get("/account/login");
    at_once(12, [&](int i) {
      if (i == 5) return here.post(page, meant);
      return others[static_cast<std::size_t>(i > 5 ? i - 1 : i)].post(
          "/account/login", {{"identifier", "ada@example.org"}, {"password", Site::password}});
    });
    EXPECT_FALSE(exists(site, "ada@example.org"));
    for (Browser& other : others) EXPECT_FALSE(other.signed_in());
    const auto left =
        site.database().read([&](records::Transaction& tx) { return records::Sessions(tx).of_account(id); });
    EXPECT_TRUE(left.empty());
  }
}

TEST(deletion, ends_what_waits) {  // T031, T229
  Site site;
  site.account("ada@example.org");
  Browser forgetful(site), here = signed_in(site, "ada@example.org");
  const ReadLetter sent = ask_for_recovery(site, forgetful, "ada@example.org");
  forgetful.submit("/account/recovery", {{"identifier", "ada@example.org"}});  // its letter isn't written yet
  ASSERT_EQ(here.submit(page, meant).status, 303);
  EXPECT_EQ(site.letter().subject, "Your account on Harbour Notes was deleted") << "and no other";
  EXPECT_EQ(forgetful.follow(forgetful.get(sent.link())).status, 410);
}

TEST(deletion, who_signs_up_again_is_somebody_new) {  // T229, T049
  Site site;
  const AccountId old = site.account("ada@example.org", "The first", true);
  site.account("bob@example.org", "Bob", true);
  Browser here = signed_in(site, "ada@example.org");
  const Browser copy = here;
  ASSERT_EQ(here.submit(page, meant).status, 303);
  site.letters();
  Browser anew(site);
  const ReadLetter letter = sign_up(site, anew, "ada@example.org");
  anew.follow(anew.get(letter.link()));
  ASSERT_EQ(anew.post("/account/verify-email", {}).status, 303);
  const auto found = site.admin().show("ada@example.org");
  ASSERT_TRUE(found);
  EXPECT_NE(found->account.id, old);
  EXPECT_EQ(found->account.name, "Grace Hopper");
  EXPECT_EQ(found->roles, "");
  for (const auto& entry : found->history) EXPECT_NE(entry.subject, old);
  EXPECT_FALSE(Browser(copy).signed_in());
  EXPECT_EQ(Browser(copy).name(), "");
}

TEST(deletion, stays_in_the_audit) {  // M25, T231
  Site site;
  const AccountId id = site.account("ada@example.org");
  ASSERT_EQ(signed_in(site, "ada@example.org").submit(page, meant).status, 303);
  const auto history =
      site.database().read([&](records::Transaction& tx) { return records::Audit(tx).about(id, 10); });
  const auto entry = std::find_if(history.begin(), history.end(),
                                  [](const auto& one) { return one.action == "account.delete"; });
  ASSERT_NE(entry, history.end());
  EXPECT_EQ(entry->outcome, "ok");
  EXPECT_EQ(entry->actor, id.str());
  EXPECT_EQ(entry->address, "192.0.2.7");
}

TEST(deletion, as_json_is_the_same) {
  Site site;
  site.account("ada@example.org");
  Browser here = signed_in(site, "ada@example.org");
  const Answer unmeant = here.post_json(page, json({{"password", Site::password}}));
  EXPECT_EQ(unmeant.status, 422);
  EXPECT_EQ(nlohmann::json::parse(unmeant.body).at("code"), "deletion_unconfirmed");
  const Answer answer = here.post_json(page, json(meant));
  EXPECT_EQ(nlohmann::json::parse(answer.body).at("next"), done);
  EXPECT_FALSE(exists(site, "ada@example.org"));
}

TEST(deletion, who_is_signed_in_sees_no_goodbye) {
  Site site;
  site.account("ada@example.org");
  EXPECT_EQ(signed_in(site, "ada@example.org").get(done).location, "/account/");
}

}  // namespace
}  // namespace doorward::test
