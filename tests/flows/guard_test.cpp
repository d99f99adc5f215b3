#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <thread>

#include "engine/jobs.hpp"
#include "flows/flow.hpp"
#include "records/membership.hpp"
#include "records/organization.hpp"
#include "signin/gate.hpp"
#include "steps.hpp"

namespace doorward::test {
namespace {

using engine::Rule;
using engine::Verdict;

// What the web server asks at each request: the worker's own memory first, the store where that knows nothing.
engine::Decision ask(Site& site, std::span<const std::string_view> headers, const Rule& rule) {
  engine::Decision decision = site.engine().guard().check(headers, rule);
  return decision.verdict == Verdict::ask ? site.engine().guard().resolve(headers, rule)
                                          : std::move(decision);
}

engine::Decision ask(Site& site, const Browser& browser, const Rule& rule = {true, {}, {}}) {
  const std::string header = "__Host-doorward=" + browser.cookies.at("__Host-doorward");
  const std::string_view headers[] = {"theme=dark; lang=en", header};
  return ask(site, headers, rule);
}

bool is_remembered(Site& site, const Browser& browser) {
  const std::string header = "__Host-doorward=" + browser.cookies.at("__Host-doorward");
  const std::string_view headers[] = {header};
  return site.engine().guard().check(headers, {true, {}, {}}).verdict == Verdict::allow;
}

Browser signed_in(Site& site, const std::string& who = "ada@example.org", bool remember = false) {
  Browser browser(site);
  FormFields form = {{"identifier", who}, {"password", Site::password}};
  if (remember) form.emplace_back("remember", "yes");
  browser.submit("/account/login", form);
  EXPECT_EQ(ask(site, browser).verdict, Verdict::allow);
  EXPECT_TRUE(is_remembered(site, browser));
  return browser;
}

TEST(guard, no_remembered_session_outlives_its_end) {  // T043, each kind of end
  const std::vector<std::pair<const char*, std::function<void(Site&, Browser&, Browser&)>>> ends = {
      {"signing out", [](Site&, Browser& mine, Browser&) { mine.submit("/account/logout", {}); }},
      {"a password change elsewhere",
       [](Site&, Browser&, Browser& other) {
         other.submit("/account/password", {{"current", Site::password}, {"new", new_password}});
       }},
      {"ending all others",
       [](Site&, Browser&, Browser& other) { other.submit("/account/sessions", {{"others", "yes"}}); }},
      {"a reset",
       [](Site& site, Browser&, Browser&) {
         Browser browser(site);
         browser.follow(browser.get(ask_for_recovery(site, browser, "ada@example.org").link()));
         browser.post("/account/recovery/reset", {{"new", new_password}});
       }},
      {"a password set by an administrator",
       [](Site& site, Browser&, Browser&) {
         (void)site.admin().set_password("ada@example.org", new_password, false);
       }},
      {"disabling",
       [](Site& site, Browser&, Browser&) {
         (void)site.admin().set_status("ada@example.org", records::Account::Status::disabled);
       }},
      {"disabling and enabling",
       [](Site& site, Browser&, Browser&) {
         (void)site.admin().set_status("ada@example.org", records::Account::Status::disabled);
         (void)site.admin().set_status("ada@example.org", records::Account::Status::active);
       }},
      {"deleting", [](Site& site, Browser&, Browser&) { (void)site.admin().remove("ada@example.org"); }},
  };
  for (const auto& [how, end] : ends) {
    Site site;
    site.account("ada@example.org");
    site.account("bob@example.org", "Bob");
    Browser mine = signed_in(site), other = signed_in(site), bob = signed_in(site, "bob@example.org");
    const Browser copy = mine;  // a cookie that somebody kept
    end(site, mine, other);
    EXPECT_EQ(ask(site, copy).verdict, Verdict::sign_in) << how;
    EXPECT_FALSE(ask(site, copy).identity) << how;
    EXPECT_FALSE(ask(site, copy, {}).identity) << how << ", at a place that lets everybody pass";
    EXPECT_EQ(ask(site, bob).verdict, Verdict::allow) << how;
  }
}

TEST(guard, a_deleted_accounts_cookie_never_becomes_anothers) {  // T049
  Site site;
  site.account("ada@example.org");
  const Browser browser = signed_in(site);
  ASSERT_TRUE(site.admin().remove("ada@example.org"));
  site.account("ada@example.org", "Somebody else");
  EXPECT_EQ(ask(site, browser).verdict, Verdict::sign_in);
}

TEST(guard, an_unused_session_ends_when_it_was_idle_for_too_long) {
  Site site;
  site.account("ada@example.org");
  const Browser browser = signed_in(site);
  for (int i = 0; i < 5; ++i) {
    site.clock().pass(std::chrono::minutes(59));
    EXPECT_EQ(ask(site, browser).verdict, Verdict::allow) << i;
    site.engine().jobs().run_once();  // tells the store
  }
  site.clock().pass(std::chrono::minutes(60));
  EXPECT_EQ(ask(site, browser).verdict, Verdict::sign_in);
}

TEST(guard, no_session_outlives_its_absolute_end_however_busy) {
  Site site;
  site.account("ada@example.org");
  const Browser browser = signed_in(site);
  int minutes = 0;
  while (ask(site, browser).verdict == Verdict::allow && minutes < 3000) {
    site.clock().pass(std::chrono::minutes(30));
    minutes += 30;
    site.engine().jobs().run_once();
  }
  EXPECT_EQ(minutes, 24 * 60);
}

TEST(guard, a_remembered_person_stays_for_thirty_days) {  // D11
  Site site;
  site.account("ada@example.org");
  const Browser browser = signed_in(site, "ada@example.org", true);
  int days = 0;
  while (ask(site, browser).verdict == Verdict::allow && days < 100) {
    site.clock().pass(std::chrono::hours(24));
    ++days;
    site.engine().jobs().run_once();
  }
  EXPECT_EQ(days, 30);
}

TEST(guard, a_role_counts_from_the_moment_it_is_given_to_the_moment_it_is_taken) {
  Site site;
  const AccountId ada = site.account("ada@example.org");
  const Browser browser = signed_in(site);
  const Rule editors{true, {}, "editor"};
  EXPECT_EQ(ask(site, browser, editors).verdict, Verdict::forbid);
  site.database().write([&](records::Transaction& tx) {
    records::Memberships(tx).grant(records::Organizations::site(), ada, "editor", site.clock().now());
  });
  EXPECT_EQ(ask(site, browser, editors).verdict, Verdict::allow);
  EXPECT_EQ(ask(site, browser, {true, {}, "edit"}).verdict, Verdict::forbid) << "a part of a role is none";
  EXPECT_EQ(ask(site, browser, {true, {}, "Editor"}).verdict, Verdict::forbid);
  site.database().write([&](records::Transaction& tx) { records::Memberships(tx).remove_of(ada); });
  EXPECT_EQ(ask(site, browser, editors).verdict, Verdict::forbid);
}

TEST(guard, a_password_alone_is_not_two_factors) {
  Site site;
  site.account("ada@example.org");
  const Browser browser = signed_in(site);
  Rule rule{true, {}, {}, 2};
  EXPECT_EQ(ask(site, browser, rule).verdict, Verdict::forbid);
  rule.level = 1;
  EXPECT_EQ(ask(site, browser, rule).verdict, Verdict::allow);
  EXPECT_EQ(ask(site, browser, {false, {}, {}, 2}).verdict, Verdict::allow)
      << "asked of nobody who needn't sign in";
}

TEST(guard, a_fresh_session_is_one_whose_password_was_just_given) {
  Site site;
  site.account("ada@example.org");
  const Browser browser = signed_in(site);
  const Rule fresh{true, std::chrono::minutes(10), {}};
  site.clock().pass(std::chrono::minutes(10) - std::chrono::seconds(1));
  EXPECT_EQ(ask(site, browser, fresh).verdict, Verdict::allow);
  site.clock().pass(std::chrono::seconds(1));
  EXPECT_EQ(ask(site, browser, fresh).verdict, Verdict::step_up);
}

TEST(guard, cookies_that_are_no_sessions_are_nobodys) {  // T039, T041, T213
  Site site;
  std::string many;
  for (int i = 0; i < 5000; ++i) many += "a=b; ";
  for (const std::string& header :
       {std::string(), std::string(";;;"), std::string("="), std::string("__Host-doorward"),
        std::string("__Host-doorward="), std::string("__Host-doorward=\"unfinished"),
        std::string("__Host-doorward=") + std::string(65536, 'A'),
        std::string("__Host-doorward=") + std::string(43, '\0'),
        std::string("__Host-doorward=../../etc/passwd"), many, std::string("__Host-doorward=' OR 1=1 --")}) {
    const std::string_view headers[] = {header};
    EXPECT_EQ(ask(site, headers, {true, {}, {}}).verdict, Verdict::sign_in) << header.substr(0, 60);
    const engine::Decision open = ask(site, headers, {});
    EXPECT_EQ(open.verdict, Verdict::allow) << "where everybody may pass";
    EXPECT_FALSE(open.identity);
  }
}

TEST(guard, what_was_proved_with_a_password_that_was_replaced_meanwhile_opens_nothing) {
  // A sign-in looks at the password first and asks for its session later: a reset may come in between.
  Site site;
  site.account("ada@example.org");
  const auto& services = site.engine().services();
  const auto evidence =
      services.passwords
          .verify(site.admin().show("ada@example.org")->account, Site::password, services.clock.now())
          ->evidence;
  ASSERT_TRUE(evidence);
  const auto issue = [&] {
    return services.database.write([&](records::Transaction& tx) {
      return signin::issue_session(tx, *evidence, {}, services.settings.session, services.clock.now(),
                                   services.random)
          .has_value();
    });
  };
  EXPECT_TRUE(issue());
  site.clock().pass(std::chrono::seconds(1));
  ASSERT_TRUE(site.admin().set_password("ada@example.org", new_password, false));
  EXPECT_FALSE(issue());
}

TEST(guard, while_accounts_are_revoked_nobody_passes_who_should_not) {  // the cache against writers
  Site site;
  site.account("ada@example.org");
  const Browser browser = signed_in(site);
  std::atomic<bool> over{false}, ended{false};
  std::atomic<int> wrong{0};
  std::thread reader([&] {
    while (!over) {
      const bool after = ended;
      if (ask(site, browser).verdict == Verdict::allow && after) ++wrong;
    }
  });
  (void)site.admin().set_status("ada@example.org", records::Account::Status::disabled);
  ended = true;
  for (int i = 0; i < 1000; ++i) {
    if (ask(site, browser).verdict == Verdict::allow) ++wrong;
  }
  over = true;
  reader.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace doorward::test
