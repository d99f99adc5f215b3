#include <gtest/gtest.h>

#include "steps.hpp"

namespace doorward::test {
namespace {

using engine::Verdict;

constexpr const char* page = "/account/reauthenticate";
constexpr engine::Rule fresh{true, std::chrono::minutes(10), {}};

TEST(reauthenticate, opens_a_place_that_wants_a_fresh_session) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  EXPECT_EQ(browser.may_pass(fresh), Verdict::allow);
  site.clock().pass(std::chrono::minutes(10));
  EXPECT_EQ(browser.may_pass(fresh), Verdict::step_up);
  EXPECT_EQ(browser.may_pass(), Verdict::allow) << "for everything else it still holds";
  const Answer answer =
      browser.submit(std::string(page) + "?return_to=%2Fvault%2F", {{"password", Site::password}});
  EXPECT_EQ(answer.status, 303);
  EXPECT_EQ(answer.location, "/vault/");
  EXPECT_EQ(browser.may_pass(fresh), Verdict::allow);
  EXPECT_TRUE(has_happened(site, "ada@example.org", "reauthenticate ok"));
}

TEST(reauthenticate, gives_the_session_a_new_token_and_ends_the_old_one) {  // T037
  Site site;
  site.account("ada@example.org");
  Browser browser(site), elsewhere(site);
  browser.login("ada@example.org");
  elsewhere.login("ada@example.org");
  ASSERT_TRUE(browser.signed_in());
  Browser before = browser;
  browser.submit(page, {{"password", Site::password}});
  EXPECT_TRUE(browser.signed_in());
  EXPECT_FALSE(before.signed_in());
  EXPECT_TRUE(elsewhere.signed_in()) << "another device has nothing to do with it";
}

TEST(reauthenticate, does_not_put_off_the_end_of_the_session) {
  Site site("session:\n  idle: 24h\n");
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  site.clock().pass(std::chrono::hours(23));
  browser.submit(page, {{"password", Site::password}});
  EXPECT_TRUE(browser.signed_in());
  site.clock().pass(std::chrono::hours(1));
  EXPECT_FALSE(browser.signed_in());
}

TEST(reauthenticate, a_wrong_password_refreshes_nothing_and_is_counted) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  site.clock().pass(std::chrono::minutes(10));
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(browser.submit(page, {{"password", "wrong-password-" + std::to_string(i)}}).status, 422);
  }
  EXPECT_EQ(browser.submit(page, {{"password", Site::password}}).status, 429);
  EXPECT_EQ(browser.may_pass(fresh), Verdict::step_up);
  EXPECT_TRUE(browser.signed_in());
  EXPECT_TRUE(has_happened(site, "ada@example.org", "reauthenticate wrong_password"));
}

TEST(reauthenticate, another_persons_password_is_wrong) {
  Site site;
  site.account("ada@example.org");
  ASSERT_TRUE(site.admin().create({"Eve", "eve@example.org", "", std::string(new_password), false, false}));
  Browser browser(site);
  browser.login("ada@example.org");
  EXPECT_EQ(browser.submit(page, {{"password", new_password}, {"identifier", "eve@example.org"}}).status,
            422);
  EXPECT_EQ(browser.name(), "Ada Lovelace");
}

TEST(reauthenticate, leads_nowhere_but_to_this_site) {  // T057
  Site site;
  site.account("ada@example.org");
  for (const char* evil :
       {"//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"}) {
    Browser browser(site);
    browser.login("ada@example.org");
    const Answer answer =
        browser.submit(std::string(page) + "?return_to=" + escape(evil), {{"password", Site::password}});
    EXPECT_EQ(answer.location, "/") << evil;
  }
}

}  // namespace
}  // namespace doorward::test
