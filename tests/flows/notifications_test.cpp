#include <gtest/gtest.h>

#include "steps.hpp"

namespace doorward::test {
namespace {

constexpr const char* page = "/account/notifications";
constexpr const char* two_sites = "sites: {blog: Our blog, shop: The <b>shop</b>}\n";
constexpr auto wanted = engine::Identity::Fact::notifications;

Browser signed_in(Site& site) {
  Browser browser(site);
  browser.login("ada@example.org");
  return browser;
}

TEST(notifications, are_wanted_of_all_sites_until_somebody_says_otherwise) {  // M22
  Site site(two_sites);
  site.account("ada@example.org");
  Browser browser = signed_in(site);
  const Answer answer = browser.get(page);
  for (const char* part :
       {R"(value="all" checked)", R"(name="site_blog" value="yes" checked)",
        R"(name="site_shop" value="yes" checked)", "Our blog", "The &lt;b&gt;shop&lt;/b&gt;"})
    EXPECT_TRUE(answer.says(part)) << part;
  EXPECT_EQ(browser.fact(wanted), "all");
}

TEST(notifications, of_some_sites_or_none_the_site_is_told_at_the_next_request) {
  Site site(two_sites);
  site.account("ada@example.org");
  Browser here = signed_in(site), elsewhere = signed_in(site);
  ASSERT_EQ(elsewhere.fact(wanted), "all");  // and remembered
  const Answer saved = here.submit(page, {{"choice", "selected"}, {"site_shop", "yes"}});
  EXPECT_EQ(saved.status, 303);
  const Answer after = here.follow(saved);
  EXPECT_TRUE(after.says("Your choice is saved."));
  EXPECT_TRUE(after.says(R"(value="selected" checked)"));
  EXPECT_TRUE(after.says(R"(name="site_shop" value="yes" checked)"));
  EXPECT_TRUE(after.says(R"(name="site_blog" value="yes">)"));
  EXPECT_EQ(elsewhere.fact(wanted), "shop");
  EXPECT_TRUE(has_happened(site, "ada@example.org", "notifications.change ok"));
  here.submit(page, {{"choice", "selected"}, {"site_shop", "yes"}, {"site_blog", "yes"}});
  EXPECT_EQ(elsewhere.fact(wanted), "blog,shop");
  here.submit(page, {{"choice", "none"}, {"site_shop", "yes"}});
  EXPECT_EQ(elsewhere.fact(wanted), "none");
  here.submit(page, {{"choice", "selected"}});
  EXPECT_EQ(elsewhere.fact(wanted), "none") << "nothing was ticked";
  here.submit(page, {{"choice", "all"}});
  EXPECT_EQ(elsewhere.fact(wanted), "all");
}

TEST(notifications, with_one_site_there_is_one_box) {
  Site site;
  site.account("ada@example.org");
  Browser browser = signed_in(site);
  EXPECT_TRUE(browser.get(page).says(R"(name="wanted" value="yes" checked)"));
  browser.submit(page, {});  // the box isn't ticked
  EXPECT_EQ(browser.fact(wanted), "none");
  EXPECT_TRUE(browser.get(page).says(R"(name="wanted" value="yes">)"));
  browser.submit(page, {{"wanted", "yes"}});
  EXPECT_EQ(browser.fact(wanted), "all");
  EXPECT_EQ(browser.post_json(page, R"({"choice":"none"})").status, 200);
  EXPECT_EQ(browser.fact(wanted), "none");
}

TEST(notifications, of_chosen_sites_stay_chosen_while_there_are_none) {
  Site site;
  const AccountId account = site.account("ada@example.org");
  site.database().write(
      [&](records::Transaction& tx) { records::Accounts(tx).set_notifications(account, "blog"); });
  Browser browser = signed_in(site);
  browser.submit(page, {{"wanted", "yes"}});
  EXPECT_EQ(browser.fact(wanted), "blog");
  browser.submit(page, {});
  EXPECT_EQ(browser.fact(wanted), "none");
}

TEST(notifications, of_a_site_that_went_while_somebody_chose_are_asked_for_again) {
  Site site(two_sites);
  site.account("ada@example.org");
  Browser browser = signed_in(site);
  const Answer answer =
      browser.submit(page, {{"choice", "selected"}, {"site_blog", "yes"}, {"site_gone", "yes"}});
  EXPECT_EQ(answer.status, 409);
  EXPECT_TRUE(answer.says("look again")) << answer.body;
  EXPECT_TRUE(answer.says("name=\"site_shop\""));
  EXPECT_EQ(browser.fact(wanted), "all");
}

TEST(notifications, about_security_cannot_be_switched_off) {  // T189
  Site site(two_sites);
  site.account("ada@example.org");
  Browser browser = signed_in(site);
  for (const char* body : {R"({"choice":"none","security":false})", R"({"security":"no","choice":"all"})"}) {
    const Answer answer = browser.post_json(page, body);
    EXPECT_EQ(answer.status, 422) << body;
    EXPECT_TRUE(answer.says("security_notices")) << answer.body;
    EXPECT_TRUE(answer.says("are always sent")) << answer.body;
  }
  EXPECT_EQ(browser.fact(wanted), "all");
  EXPECT_EQ(browser.post_json(page, R"({"choice":"none","security":true})").status, 200);
  browser.submit("/account/password", {{"current", Site::password}, {"new", new_password}});
  EXPECT_NE(site.letter().subject.find("password"), std::string::npos)
      << "it comes to who wants nothing, too";
}

TEST(notifications, what_is_not_offered_is_refused) {  // T189
  Site site(two_sites);
  site.account("ada@example.org");
  Browser browser = signed_in(site);
  for (const std::string& body :
       {std::string(R"({"choice":"all","site_news":true})"),
        std::string(R"({"choice":"all","sites":"blog"})"), std::string(R"({"choice":["all"]})"),
        std::string(R"({"choice":1e309})"), std::string("null"),
        R"({"choice":)" + std::string(1000, '[') + std::string(1000, ']') + "}"}) {
    EXPECT_EQ(browser.post_json(page, body).status, 400) << body.substr(0, 60);
  }
  for (const char* body : {"{}", R"({"choice":""})", R"({"choice":"ALL"})", R"({"choice":"blog"})"})
    EXPECT_EQ(browser.post_json(page, body).status, 422) << body;
  EXPECT_EQ(browser.fact(wanted), "all");
}

TEST(notifications, what_is_no_box_and_what_contradicts_itself_is_refused) {
  Site site(two_sites);
  site.account("ada@example.org");
  Browser browser = signed_in(site);
  for (const char* odd : {R"({"choice":"selected","site_blog":"maybe"})", R"({"single":"yes","wanted":"No"})",
                          R"({"choice":"all","single":"yes"})", R"({"single":"si","choice":"none"})",
                          R"({"single":"1","choice":"none","wanted":"yes"})"}) {
    EXPECT_EQ(browser.post_json(page, odd).status, 422) << odd;
    EXPECT_EQ(browser.fact(wanted), "all") << odd;
  }
  EXPECT_EQ(browser.post_json(page, R"({"choice":"selected","site_blog":true,"site_shop":false})").status,
            200);
  EXPECT_EQ(browser.fact(wanted), "blog");
}

TEST(notifications, of_a_site_that_is_gone_are_remembered_and_shown_nowhere) {
  Site site(two_sites);
  const AccountId account = site.account("ada@example.org");
  site.database().write(
      [&](records::Transaction& tx) { records::Accounts(tx).set_notifications(account, "news,shop"); });
  Browser browser = signed_in(site);
  const Answer answer = browser.get(page);
  EXPECT_FALSE(answer.says("news"));
  EXPECT_TRUE(answer.says(R"(name="site_shop" value="yes" checked)"));
  EXPECT_TRUE(answer.says(R"(name="site_blog" value="yes">)"))
      << "a new one isn't among those that were chosen";
  browser.submit(page, {{"choice", "selected"}, {"site_blog", "yes"}});
  EXPECT_EQ(browser.fact(wanted), "blog,news");
  browser.submit(page, {{"choice", "none"}});
  EXPECT_EQ(browser.fact(wanted), "none");
}

}  // namespace
}  // namespace doorward::test
