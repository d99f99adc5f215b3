#include <gtest/gtest.h>

#include "steps.hpp"

namespace doorward::test {
namespace {

TEST(security, leads_to_password_and_devices) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site), phone(site);
  browser.login("ada@example.org");
  phone.login("ada@example.org");
  const Answer answer = browser.get("/account/security");
  EXPECT_EQ(answer.status, 200);
  for (const char* part : {"/account/password", "/account/sessions", "/account/two-factor", ">2 devices<"}) {
    EXPECT_TRUE(answer.says(part)) << part;
  }
  const Answer data = browser.send("GET", "/account/security", "", {{"accept", "application/json"}});
  EXPECT_TRUE(data.says("\"devices\":2")) << data.body;
  EXPECT_TRUE(data.says("\"two_factor\":false")) << data.body;
}

TEST(security, counts_no_session_that_is_over) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site), phone(site);
  phone.login("ada@example.org");
  site.clock().pass(std::chrono::hours(2));
  browser.login("ada@example.org");
  EXPECT_TRUE(browser.get("/account/security").says(">1 device<"));
}

}  // namespace
}  // namespace doorward::test
