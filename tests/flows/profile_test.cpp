#include <gtest/gtest.h>

#include "records/membership.hpp"
#include "steps.hpp"

namespace doorward::test {
namespace {

constexpr const char* page = "/account/profile";

TEST(profile, the_site_sees_a_new_name_at_the_next_request) {  // M17
  Site site;
  site.account("ada@example.org");
  Browser here(site), elsewhere(site);
  here.login("ada@example.org");
  elsewhere.login("ada@example.org");
  ASSERT_EQ(elsewhere.name(), "Ada Lovelace");  // and remembered
  const Answer answer = here.submit(page, {{"name", "  Ada, Countess of Lovelace "}});
  EXPECT_EQ(answer.status, 303);
  EXPECT_TRUE(here.follow(answer).says("value=\"Ada, Countess of Lovelace\""));
  EXPECT_EQ(here.name(), "Ada, Countess of Lovelace");
  EXPECT_EQ(elsewhere.name(), "Ada, Countess of Lovelace");
  EXPECT_TRUE(has_happened(site, "ada@example.org", "profile.change ok"));
}

TEST(profile, a_name_is_of_one_line_and_a_hundred_characters) {  // T181
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  for (const std::string& bad :
       {std::string(), std::string("   "), std::string(101, 'x'), std::string(10000, 'x'),
        std::string("Ada\r\nX-Evil: 1"), std::string("Ada\x1b[31m"), std::string("Ada\xc2\x85"),
        std::string("\u202eadA"), std::string("Ad\u200ba"), std::string("\u3164"), std::string("\u200d"),
        std::string("\u00a0\u3000")}) {
    const Answer answer = browser.submit(page, {{"name", bad}});
    EXPECT_EQ(answer.status, 422) << bad;
  }
  for (const std::string escaped : {R"(\ud800)", R"(\udc00)", R"(\ud800x)", R"(\u0000)", R"(\ud83d\u0041)"}) {
    EXPECT_EQ(browser.post_json(page, "{\"name\":\"Ada" + escaped + "\"}").status, 400) << escaped;
  }
  for (const std::string escaped : {R"(\u202e)", R"(\u2066)", R"(\u200b)", R"(\u000a)"}) {
    EXPECT_EQ(browser.post_json(page, "{\"name\":\"Ada" + escaped + "b\"}").status, 422) << escaped;
  }
  for (const std::string bytes : {"%FF%FE", "a%00b", "%ED%A0%80"}) {  // not UTF-8, NUL, a lone surrogate
    browser.get(page);
    EXPECT_EQ(browser
                  .send("POST", page, "name=" + bytes,
                        {{"content-type", "application/x-www-form-urlencoded"}, {"origin", Site::origin}})
                  .status,
              400)
        << bytes;
  }
  EXPECT_EQ(browser.name(), "Ada Lovelace");
  std::string hundred;
  for (int i = 0; i < 100; ++i) hundred += "\xc3\xa9";
  EXPECT_EQ(browser.submit(page, {{"name", hundred}}).status, 303) << "characters, not bytes";
  const std::string persian = "\u0646\u0631\u06af\u0633\u200c\u062e\u0627\u062a\u0648\u0646";
  EXPECT_EQ(browser.submit(page, {{"name", persian}}).status, 303);
  EXPECT_EQ(browser.name(), persian);
}

TEST(profile, markup_in_a_name_is_text_everywhere) {  // T181, T097
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  const std::string name = "<img src=x onerror=alert(1)>{{7*7}}${jndi:x}\"'&";
  EXPECT_EQ(browser.submit(page, {{"name", name}}).status, 303);
  EXPECT_EQ(browser.name(), name);
  for (const char* path : {"/account/", "/account/profile", "/account/password", "/account/sessions"}) {
    const Answer answer = browser.get(path);
    EXPECT_EQ(answer.status, 200);
    EXPECT_FALSE(answer.says("<img src=x")) << path;
    EXPECT_FALSE(answer.says(":x}\"'")) << path;
    EXPECT_FALSE(answer.says(">49")) << path;
  }
  EXPECT_TRUE(browser.get("/account/").says("{{7*7}}"));
  const ReadLetter letter = ask_for_recovery(site, browser, "ada@example.org");
  EXPECT_NE(letter.text.find("<img src=x"), std::string::npos) << "plain text stays plain: " << letter.text;
}

TEST(profile, a_refused_name_is_shown_again_and_not_taken) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  const Answer answer = browser.submit(page, {{"name", "<b>" + std::string(101, 'x')}});
  EXPECT_EQ(answer.status, 422);
  EXPECT_TRUE(answer.says("&lt;b&gt;xxx"));
  EXPECT_FALSE(answer.says("<b>"));
}

TEST(profile, fields_that_are_not_offered_change_nothing) {  // mass assignment
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  browser.submit(page, {{"name", "Ada"},
                        {"email", "eve@example.org"},
                        {"roles", "administrator"},
                        {"role", "administrator"},
                        {"id", "x"},
                        {"password", "x"},
                        {"status", "x"}});
  EXPECT_EQ(browser.name(), "Ada");
  EXPECT_EQ(browser.may_pass({true, {}, records::administrator_role}), engine::Verdict::forbid);
  EXPECT_TRUE(browser.get("/account/").says("ada@example.org"));
}

}  // namespace
}  // namespace doorward::test
