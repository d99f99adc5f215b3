#include <gtest/gtest.h>

#include "steps.hpp"

namespace doorward::test {
namespace {

constexpr const char* page = "/account/logout";

TEST(logout, ends_the_session_wherever_its_cookie_is_kept) {  // M16
  Site site;
  site.account("ada@example.org");
  Browser browser(site), elsewhere(site);
  browser.login("ada@example.org");
  elsewhere.login("ada@example.org");
  Browser copy = browser;
  ASSERT_TRUE(copy.signed_in());  // remembered
  const Answer answer = browser.submit(page, {});
  EXPECT_EQ(answer.status, 303);
  EXPECT_TRUE(answer.location.starts_with("/account/login")) << answer.location;
  EXPECT_EQ(browser.cookies.count("__Host-doorward"), 0U);
  EXPECT_FALSE(copy.signed_in());
  EXPECT_EQ(copy.get("/account/").status, 303);
  EXPECT_TRUE(elsewhere.signed_in());
  EXPECT_TRUE(has_happened(site, "ada@example.org", "logout ok"));
  EXPECT_EQ(browser.follow(answer).status, 200);
}

TEST(logout, a_link_to_it_asks_first) {  // T051
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  EXPECT_EQ(browser.get(page).status, 200);
  EXPECT_EQ(browser.send("HEAD", page, "", {}).status, 200);
  EXPECT_TRUE(browser.signed_in());
}

TEST(logout, another_site_cannot_sign_anybody_out) {  // T051
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  for (const auto& [name, value] :
       {std::pair{"origin", "https://evil.example"}, {"origin", "null"}, {"sec-fetch-site", "cross-site"}}) {
    EXPECT_EQ(
        browser.send("POST", page, "", {{"content-type", "application/x-www-form-urlencoded"}, {name, value}})
            .status,
        403);
    EXPECT_EQ(browser.send("POST", page, "{}", {{"content-type", "application/json"}, {name, value}}).status,
              403);
  }
  EXPECT_TRUE(browser.signed_in());
}

TEST(logout, twice_is_no_error) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  browser.get(page);
  Browser second = browser;
  EXPECT_EQ(browser.post(page, {}).status, 303);
  EXPECT_EQ(second.post(page, {}).status, 303);
  EXPECT_EQ(browser.post_json(page, "{}").status, 200);
  EXPECT_EQ(browser.get(page).location, "/account/login");
}

}  // namespace
}  // namespace doorward::test
