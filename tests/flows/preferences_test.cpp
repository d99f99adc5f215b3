#include <gtest/gtest.h>

#include <algorithm>

#include "steps.hpp"

namespace doorward::test {
namespace {

constexpr const char* page = "/account/preferences";

void put(Site& site, const AccountId& account, const char* column, std::string_view value) {
  site.database().write([&](records::Transaction& tx) {
    records::update(tx, records::Account::table,
                    {{"id", records::Test::is, records::Value::of_text(account.str())}},
                    {{column, records::Value::of_text(value)}});
  });
}

TEST(preferences, what_is_chosen_is_saved_and_said) {  // M21
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  const Answer before = browser.get(page);
  for (const char* part : {R"(value="colon" checked)", R"(value="24" checked)", R"(value="system" checked)"})
    EXPECT_TRUE(before.says(part)) << part;
  EXPECT_FALSE(before.says(" selected")) << "the browser's language";
  const Answer saved =
      browser.submit(page, {{"mac_format", "dot"}, {"clock", "12"}, {"language", "en"}, {"theme", "light"}});
  EXPECT_EQ(saved.status, 303);
  const Answer after = browser.follow(saved);
  EXPECT_TRUE(after.says("Your preferences are saved."));
  for (const char* part : {R"(value="dot" checked)", R"(value="12" checked)", R"(value="light" checked)",
                           R"(<option value="en" lang="en" selected>English</option>)"})
    EXPECT_TRUE(after.says(part)) << part;
  EXPECT_TRUE(has_happened(site, "ada@example.org", "preferences.change ok"));
}

TEST(preferences, the_theme_is_on_every_page_and_goes_with_the_session) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  EXPECT_TRUE(browser.get("/account/").says(R"(<html lang="en">)"));
  browser.submit(page, {{"theme", "dark"}});
  for (const char* path : {"/account/", "/account/sessions", page}) {
    const Answer answer = browser.get(path);
    EXPECT_TRUE(answer.says(R"(<html lang="en" data-theme="dark">)")) << path;
    EXPECT_TRUE(answer.says(R"(<meta name="color-scheme" content="dark">)")) << path;
  }
  browser.submit(page, {{"theme", "system"}});
  EXPECT_TRUE(browser.get("/account/").says(R"(content="light dark")"));
  browser.submit(page, {{"theme", "dark"}});
  browser.submit("/account/logout", {});
  EXPECT_TRUE(browser.get("/account/login").says(R"(<html lang="en">)"));
}

TEST(preferences, the_language_is_that_of_pages_and_letters_at_once) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  const Answer german = browser.follow(browser.submit(page, {{"language", "de"}}));
  EXPECT_EQ(german.heading(), "Einstellungen");
  EXPECT_TRUE(german.says("Ihre Einstellungen sind gespeichert."));
  EXPECT_TRUE(german.says(R"(<option value="de" lang="de" selected>Deutsch</option>)"));
  browser.submit("/account/password", {{"current", Site::password}, {"new", new_password}});
  EXPECT_NE(site.letter().text.find("Wann:"), std::string::npos);
  EXPECT_EQ(browser.follow(browser.submit(page, {{"language", ""}})).heading(), "Preferences");
}

TEST(preferences, the_site_sees_them_at_the_next_request) {
  using Fact = engine::Identity::Fact;
  Site site;
  site.account("ada@example.org");
  Browser here(site), elsewhere(site);
  here.login("ada@example.org");
  elsewhere.login("ada@example.org");
  for (const Fact fact :
       {Fact::locale, Fact::clock, Fact::mac_format, Fact::theme, Fact::time_zone, Fact::phone})
    ASSERT_EQ(elsewhere.fact(fact), "");  // and remembered
  here.submit(page, {{"mac_format", "hyphen"}, {"clock", "12"}, {"language", "de"}, {"theme", "dark"}});
  EXPECT_EQ(elsewhere.fact(Fact::mac_format), "hyphen");
  EXPECT_EQ(elsewhere.fact(Fact::clock), "12");
  EXPECT_EQ(elsewhere.fact(Fact::locale), "de");
  EXPECT_EQ(elsewhere.fact(Fact::theme), "dark");
  here.submit(page, {{"mac_format", "dot"}, {"clock", "24"}, {"theme", "light"}});
  EXPECT_EQ(elsewhere.fact(Fact::mac_format), "dot");
  EXPECT_EQ(elsewhere.fact(Fact::clock), "24");
  EXPECT_EQ(elsewhere.fact(Fact::theme), "light");
}

TEST(preferences, the_site_is_told_where_the_picture_is) {
  Site site;
  const AccountId account = site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  EXPECT_EQ(browser.fact(engine::Identity::Fact::picture), "");
  put(site, account, "avatar", "0123456789abcdef01234567");
  Browser later(site);
  later.login("ada@example.org");
  EXPECT_EQ(later.fact(engine::Identity::Fact::picture), "/account/avatar?v=0123456789abcdef01234567");
}

TEST(preferences, times_follow_the_clock_on_pages_and_in_letters) {
  Site site;  // whose clock begins at 2027-01-15 08:00 UTC
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  EXPECT_TRUE(browser.get("/account/sessions").says("15 January 2027, 08:00 UTC"));
  browser.submit(page, {{"clock", "12"}});
  EXPECT_TRUE(browser.get("/account/sessions").says("15 January 2027, 8:00 AM UTC"));
  browser.submit(page, {{"language", "de"}});
  EXPECT_TRUE(browser.get("/account/sessions").says("15. Januar 2027, 8:00 AM UTC"));
  browser.submit("/account/password", {{"current", Site::password}, {"new", new_password}});
  EXPECT_NE(site.letter().text.find("15. Januar 2027, 8:00 AM UTC"), std::string::npos);
}

TEST(preferences, times_are_those_of_the_persons_zone_on_pages_and_in_letters) {
  Site site;
  const AccountId account = site.account("ada@example.org");
  put(site, account, "time_zone", "Asia/Kathmandu");
  Browser browser(site);
  browser.login("ada@example.org");
  const Answer answer = browser.get("/account/sessions");
  EXPECT_TRUE(answer.says("15 January 2027, 13:45")) << answer.body;
  EXPECT_FALSE(answer.says("UTC"));
  browser.submit("/account/password", {{"current", Site::password}, {"new", new_password}});
  const ReadLetter letter = site.letter();
  EXPECT_NE(letter.text.find("15 January 2027, 13:45"), std::string::npos) << letter.text;
  EXPECT_EQ(browser.fact(engine::Identity::Fact::time_zone), "Asia/Kathmandu");
}

TEST(preferences, what_is_not_sent_stays) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  EXPECT_EQ(browser.post_json(page, R"({"clock":"12","theme":"dark"})").status, 200);
  EXPECT_EQ(browser.post_json(page, R"({"mac_format":"dot"})").status, 200);
  EXPECT_EQ(browser.post_json(page, R"({"clock":""})").status, 200);
  const Answer data = browser.send("GET", page, "", {{"accept", "application/json"}});
  EXPECT_TRUE(data.says(R"("form":{"clock":"","language":"","mac_format":"dot","theme":"dark"})"))
      << data.body;
}

TEST(preferences, where_one_is_refused_the_other_choices_are_still_there) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  const Answer answer =
      browser.submit(page, {{"mac_format", "dot"}, {"clock", "13"}, {"theme", "dark"}, {"language", "fr"}});
  EXPECT_EQ(answer.status, 422);
  for (const char* chosen : {"value=\"dot\" checked", "value=\"24\" checked", "value=\"dark\" checked"})
    EXPECT_TRUE(answer.says(chosen)) << chosen;
  for (const char* id : {"clock-error", "language-error"})
    EXPECT_TRUE(answer.says("id=\"" + std::string(id) + "\"")) << id;
  EXPECT_TRUE(browser.get(page).says("value=\"colon\" checked")) << "nothing of it is taken";
}

TEST(preferences, what_is_not_offered_is_refused) {  // T189
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  const FormFields bad[] = {{{"mac_format", "colons"}}, {{"mac_format", "xx:xx"}}, {{"clock", "13"}},
                            {{"clock", "24 "}},         {{"theme", "Dark"}},       {{"theme", "\"><script>"}},
                            {{"language", "fr"}},       {{"language", "../de"}},   {{"language", "DE"}}};
  for (const FormFields& fields : bad) {
    const Answer answer = browser.submit(page, fields);
    EXPECT_EQ(answer.status, 422) << fields[0].second;
    std::string id = fields[0].first + "-error";
    std::replace(id.begin(), id.end(), '_', '-');
    EXPECT_TRUE(answer.says("id=\"" + id + "\"")) << fields[0].first;
    EXPECT_FALSE(answer.says("<script>"));
  }
  for (const std::string& body :
       {std::string(R"({"clock":"12","admin":"yes"})"), std::string(R"({"roles":"administrator"})"),
        std::string(R"({"clock":24})"), std::string(R"({"clock":1e309})"), std::string(R"({"clock":null})"),
        std::string(R"({"clock":{"a":"b"}})"), std::string(R"({"clock":["12"]})"), std::string("[]"),
        std::string(R"({"clock":"12","clock":"24"})"), std::string(1000, '[') + std::string(1000, ']'),
        R"({"clock":)" + std::string(1000, '[') + std::string(1000, ']') + "}"}) {
    EXPECT_EQ(browser.post_json(page, body).status, 400) << body.substr(0, 80);
  }
  EXPECT_EQ(browser.post_json(page, R"({"clock":")" + std::string(5'000'000, '1') + "\"}").status, 413);
  EXPECT_EQ(browser.submit(page, {{"clock", "12"}, {"name", "Eve"}}).status, 400);
  const Answer data = browser.send("GET", page, "", {{"accept", "application/json"}});
  EXPECT_TRUE(data.says(R"("form":{"clock":"","language":"","mac_format":"","theme":""})")) << data.body;
  EXPECT_FALSE(has_happened(site, "ada@example.org", "preferences.change ok"));
}

TEST(preferences, a_site_with_one_language_offers_no_choice) {
  Site site("locales: [en]\n");
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  EXPECT_FALSE(browser.get(page).says("name=\"language\""));
}

}  // namespace
}  // namespace doorward::test
