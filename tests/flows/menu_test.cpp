#include <gtest/gtest.h>

#include "steps.hpp"

namespace doorward::test {
namespace {

constexpr const char* page = "/account/menu";

TEST(menu, shows_who_is_signed_in_and_leads_to_my_account) {  // M17
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  const Answer answer = browser.get(page);
  EXPECT_EQ(answer.status, 200);
  for (const char* part :
       {"Ada Lovelace", "ada@example.org", "href=\"/account/\"", "/account/logout", "menu.css?v="})
    EXPECT_TRUE(answer.says(part)) << part;
  EXPECT_FALSE(answer.says("<html")) << "it stands in another page";
  EXPECT_FALSE(answer.says("<script"));
  EXPECT_EQ(answer.header("cache-control"), "no-store");
}

TEST(menu, is_on_pages_that_are_not_there_too_as_its_owner_wants_them) {
  Site site;
  const AccountId ada = site.account("ada@example.org", "Ada King");
  site.database().write([&](records::Transaction& tx) {
    records::Preferences dark;
    dark.locale = "de", dark.theme = "dark";
    records::Accounts(tx).set_preferences(ada, dark);
  });
  Browser browser(site);
  browser.login("ada@example.org");
  for (const char* path : {"/account/nothing", "/account/logout", "/account/reauthenticate"}) {
    const Answer answer = browser.get(path);
    EXPECT_TRUE(answer.says("lang=\"de\"")) << path;
    EXPECT_TRUE(answer.says("data-theme=\"dark\"")) << path;
    EXPECT_TRUE(answer.says("Ada King")) << path;
    EXPECT_TRUE(answer.says("href=\"/account/profile\"") || answer.says("href=\"/account/\"")) << path;
  }
  EXPECT_FALSE(Browser(site).get("/account/nothing").says("Ada King"));
}

TEST(menu, signs_out_by_its_own_form) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  browser.get(page);
  EXPECT_EQ(browser.post("/account/logout", {}).status, 303);
  EXPECT_FALSE(browser.signed_in());
}

TEST(menu, offers_strangers_to_sign_in_and_come_back) {
  Site site;
  Browser browser(site);
  const Answer answer = browser.get("/account/menu?return_to=%2Freports");
  EXPECT_TRUE(answer.says("/account/login?return_to=%2Freports"));
  EXPECT_FALSE(answer.says("logout"));
  EXPECT_FALSE(browser.get("/account/menu?return_to=%2F%2Fevil.example").says("evil"));
}

TEST(menu, markup_in_a_name_is_text) {  // T181
  Site site;
  site.account("ada@example.org", "<!--#include virtual=\"/x\"--><b>");
  Browser browser(site);
  browser.login("ada@example.org");
  const Answer answer = browser.get(page);
  EXPECT_FALSE(answer.says("<!--#")) << "nor is it the server's to fill in";
  EXPECT_FALSE(answer.says("<b>"));
}

}  // namespace
}  // namespace doorward::test
