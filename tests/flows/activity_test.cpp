#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "addresses.hpp"
#include "records/audit_chain.hpp"
#include "steps.hpp"

namespace doorward::test {
namespace {

constexpr const char* page = "/account/activity";

nlohmann::json read(Browser& browser, const std::string& path = page) {
  return nlohmann::json::parse(browser.send("GET", path, "", {{"accept", "application/json"}}).body);
}

std::size_t count(const Answer& answer, const std::string& text) {
  std::size_t found = 0;
  for (auto at = answer.body.find(text); at != std::string::npos; at = answer.body.find(text, at + 1))
    ++found;
  return found;
}

// So many records about an account, ten seconds apart.
void happen(Site& site, const AccountId& account, int times) {
  site.database().write([&](records::Transaction& tx) {
    for (int i = 0; i < times; ++i) {
      site.clock().pass(std::chrono::seconds(10));
      records::AuditEntry entry;
      entry.at = site.clock().now();
      entry.id = make_uuid(entry.at, site.random());
      entry.actor = account.str();
      entry.subject = account;
      entry.action = "profile.change";
      entry.outcome = "ok";
      entry.details = std::to_string(i);
      records::AuditChains(tx, site.keys()).add(entry);
    }
  });
}

// Who is on record as having done what had this outcome.
std::string actor_of(Site& site, const std::string& who, const std::string& outcome) {
  const auto entries = site.admin().show(who)->history;
  for (const auto& entry : entries) {
    if (entry.outcome == outcome) return entry.actor;
  }
  return "nothing had this outcome";
}

TEST(activity, says_what_happened_the_newest_first_and_what_was_refused) {
  Site site;
  site.account("ada@example.org");
  site.clock().pass(std::chrono::seconds(1));
  Browser stranger(site), browser(site);
  stranger.address = "203.0.113.99";
  stranger.login("ada@example.org", "not-her-password-at-all");
  site.clock().pass(std::chrono::minutes(5));
  browser.login("ada@example.org");
  site.clock().pass(std::chrono::seconds(1));
  browser.submit("/account/profile", {{"name", "Ada King"}});
  const Answer answer = browser.get(page);
  EXPECT_EQ(answer.status, 200);
  const auto change = answer.body.find("Profile change"), login = answer.body.find("Sign-in</strong>");
  const auto refused = answer.body.find("Refused"), created = answer.body.find("Account created");
  EXPECT_LT(change, login);
  EXPECT_LT(login, refused);
  EXPECT_LT(refused, created);
  EXPECT_NE(created, std::string::npos);
  EXPECT_TRUE(answer.says("203.0.113.99"));
  EXPECT_EQ(count(answer, "Refused"), 1U);
  EXPECT_EQ(count(answer, "By the site"), 1U) << "the account was made by the command";
}

TEST(activity, says_in_which_browser_and_of_which_address) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site), other(site);
  browser.user_agent = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
  browser.login("ada@example.org");
  site.clock().pass(std::chrono::seconds(1));
  other.user_agent = "Mozilla/5.0 (Windows NT 10.0; rv:127.0) Gecko/20100101 Firefox/127.0";
  other.login("ada@example.org");
  own_address(site, browser, "countess@example.org");
  const Answer before = browser.get(page);
  EXPECT_TRUE(before.says(" · Firefox 128 · Linux · ")) << before.body;
  EXPECT_TRUE(before.says(" · Firefox 127 · Windows · ")) << before.body;
  EXPECT_TRUE(before.says("</strong> countess@example.org")) << before.body;
  other.submit("/account/logout", {});
  EXPECT_FALSE(browser.get(page).says("Firefox 127")) << "no record has it";
}

TEST(activity, is_told_to_programs_by_stable_names) {
  Site site;
  site.account("ada@example.org");
  site.clock().pass(std::chrono::seconds(1));
  Browser browser(site);
  browser.login("ada@example.org");
  const auto model = read(browser);
  EXPECT_EQ(model["events"][0]["action"], "login");
  EXPECT_EQ(model["events"][0]["outcome"], "ok");
  EXPECT_EQ(model["events"][0]["by_others"], false);
  EXPECT_EQ(model["events"].back()["action"], "account.create");
  EXPECT_FALSE(model.contains("next"));
}

TEST(activity, is_paged_without_losing_or_repeating_any) {
  Site site;
  const AccountId ada = site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  happen(site, ada, 60);
  std::vector<std::string> ids;
  std::string at = page;
  std::vector<std::size_t> sizes;
  while (!at.empty()) {
    const auto model = read(browser, at);
    sizes.push_back(model["events"].size());
    for (const auto& event : model["events"]) ids.push_back(event["id"]);
    at = model.value("next", "");
    happen(site, ada, 1);  // what comes meanwhile doesn't move what is older
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{25, 25, 12}));
  EXPECT_TRUE(std::is_sorted(ids.rbegin(), ids.rend()));
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 62U);
}

TEST(activity, ends_on_a_page_that_just_was_full_without_a_way_on) {
  Site site;
  const AccountId ada = site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  happen(site, ada, 23);
  const Answer answer = browser.get(page);
  EXPECT_EQ(count(answer, "<time"), 25U);
  EXPECT_FALSE(answer.says("rel=\"next\""));
}

TEST(activity, takes_no_cursor_that_was_altered_or_is_anothers) {  // T197
  Site site;
  const AccountId ada = site.account("ada@example.org");
  const AccountId bob = site.account("bob@example.org", "Bob");
  Browser browser(site), other(site);
  browser.login("ada@example.org");
  other.login("bob@example.org");
  happen(site, ada, 30);
  happen(site, bob, 30);
  const std::string hers = read(browser)["next"], his = read(other)["next"];
  EXPECT_EQ(browser.get(hers).status, 200);
  EXPECT_EQ(browser.get(his).status, 400);
  for (std::size_t at = hers.find('=') + 1; at < hers.size(); at += 7) {
    std::string altered = hers;
    altered[at] = altered[at] == 'A' ? 'B' : 'A';
    EXPECT_EQ(browser.get(altered).status, 400) << at;
  }
  for (const char* odd : {"x", "%27%20OR%201%3D1--", "0190a1b2-0000-7000-8000-000000000000", "AAAA"})
    EXPECT_EQ(browser.get(std::string(page) + "?after=" + odd).status, 400) << odd;
}

TEST(activity, is_ones_own_only) {
  Site site;
  site.account("ada@example.org");
  site.account("bob@example.org", "Bob");
  Browser ada(site), bob(site);
  bob.address = "203.0.113.99";
  ada.login("ada@example.org");
  bob.login("bob@example.org");
  EXPECT_FALSE(ada.get(page).says("203.0.113.99"));
  Browser nobody(site);
  EXPECT_EQ(nobody.get(page).status, 303);
  EXPECT_EQ(nobody.send("GET", page, "", {{"accept", "application/json"}}).status, 401);
}

TEST(activity, who_tries_from_a_browser_of_somebody_elses_is_not_the_site) {  // T231
  Site site;
  site.account("ada@example.org");
  site.account("mallory@example.org", "Mallory");
  Browser mallory(site), ada(site);
  mallory.login("mallory@example.org");
  mallory.address = "198.51.100.9";
  mallory.post_json("/account/login", json({{"identifier", "ada@example.org"}, {"password", "a wrong one"}}));
  ada.login("ada@example.org");
  EXPECT_EQ(actor_of(site, "ada@example.org", "invalid_credentials"), "");
  EXPECT_TRUE(ada.submit("/account/export", {}).says("198.51.100.9"));
}

TEST(activity, nor_is_who_tries_too_often) {  // T231
  Site site;
  site.account("ada@example.org");
  site.account("mallory@example.org", "Mallory");
  Browser mallory(site), ada(site);
  ada.login("ada@example.org");
  mallory.login("mallory@example.org");
  const FormFields guess = {{"identifier", "ada@example.org"}, {"password", "a wrong one"}};
  for (int i = 0; i < 40; ++i) mallory.post_json("/account/login", json(guess));
  EXPECT_EQ(actor_of(site, "ada@example.org", "too_many_attempts"), "");
  const auto model = read(ada);
  for (const auto& event : model["events"])
    EXPECT_EQ(event["by_others"], event["action"] == "account.create") << event["action"];
}

TEST(activity, cannot_be_edited_or_deleted) {  // T233
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  EXPECT_EQ(browser.post(page, {}).status, 405);
  EXPECT_EQ(read(browser)["events"].size(), 3U) << "what was there, and the try";
}

TEST(activity, is_of_a_new_account_though_the_address_is_an_old_ones) {  // T229
  Site site;
  site.account("ada@example.org");
  Browser before(site);
  before.login("ada@example.org");
  ASSERT_TRUE(site.admin().remove("ada@example.org"));
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  EXPECT_EQ(read(browser)["events"].size(), 2U) << "made, and signed in";
}

TEST(activity, is_said_in_german_and_what_has_no_words_as_it_is) {
  Site site;
  const AccountId ada = site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  site.database().write([&](records::Transaction& tx) {
    records::AuditEntry entry;
    entry.at = site.clock().now();
    entry.id = make_uuid(entry.at, site.random());
    entry.subject = ada;
    entry.action = "two_factor.of_tomorrow";
    entry.outcome = "ok";
    records::AuditChains(tx, site.keys()).add(entry);
  });
  browser.language = "de";
  const Answer answer = browser.get(page);
  EXPECT_TRUE(answer.says("Anmeldung</strong>"));
  EXPECT_TRUE(answer.says("two factor of tomorrow"));
}

}  // namespace
}  // namespace doorward::test
