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
  EXPECT_TRUE(answer.says("Please use at most 100 characters."));
  EXPECT_TRUE(answer.says("&lt;b&gt;xxx"));
  EXPECT_FALSE(answer.says("<b>"));
}

TEST(profile, fields_that_are_not_offered_change_nothing) {  // mass assignment
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  const std::string name = browser.name();
  for (const char* other : {"email", "roles", "role", "id", "password", "status", "foo"})
    EXPECT_EQ(browser.submit(page, {{"name", "Ada"}, {other, "administrator"}}).status, 400) << other;
  EXPECT_EQ(browser.name(), name) << "nor is half of it saved";
  EXPECT_EQ(browser.may_pass({true, {}, records::administrator_role}), engine::Verdict::forbid);
  EXPECT_TRUE(browser.get("/account/").says("ada@example.org"));
}

std::string value(const Answer& answer, const std::string& field) {
  const std::size_t at = answer.body.find("name=\"" + field + "\"");
  const std::size_t begin = answer.body.find("value=\"", at) + 7;
  return answer.body.substr(begin, answer.body.find('"', begin) - begin);
}

class profile_fields : public ::testing::Test {
 protected:
  profile_fields() {
    ada = site.account("ada@example.org");
    browser.login("ada@example.org");
  }
  Answer save(const std::string& phone, const std::string& zone = {}) {
    return browser.submit(page, {{"name", "Ada"}, {"phone", phone}, {"time_zone", zone}});
  }
  records::Account account() { return site.admin().show("ada@example.org")->account; }

  Site site;
  AccountId ada;
  Browser browser{site};
};

TEST_F(profile_fields, a_phone_number_is_kept_in_one_form_and_shown_in_another) {  // M17
  for (const char* typed : {"+49 30 901820", "+4930901820", "+49 (30) 90 18-20", " +49/30/901820 ",
                            "\uff0b\uff14\uff19 30 901820", "\u202e+49 30\u200b901820", "(+49) 30 901820",
                            "+49\u201330\u2013901820", "+49 30 90\u201118\u221220"}) {
    const Answer answer = save(typed);
    EXPECT_EQ(answer.status, 303) << typed;
    EXPECT_EQ(account().phone, "+4930901820") << typed;
    const Answer shown = browser.follow(answer);
    EXPECT_TRUE(shown.says("Saved."));
    EXPECT_EQ(value(shown, "phone"), "+49 30 901820");
    EXPECT_EQ(save("").status, 303);
    EXPECT_EQ(account().phone, "");
  }
  EXPECT_EQ(history(site, "ada@example.org").front(), "profile.change ok");
}

TEST_F(profile_fields, without_a_plus_the_time_zone_says_which_country) {
  const Answer refused = save("030 901820");
  EXPECT_EQ(refused.status, 422);
  EXPECT_TRUE(refused.says("Please begin with + and the country code"));
  EXPECT_EQ(value(refused, "phone"), "030 901820") << "what was typed is there";
  EXPECT_EQ(save("030 901820", "Europe/Berlin").status, 303);
  EXPECT_EQ(account().phone, "+4930901820");
  EXPECT_EQ(save("020 7946 0018", "London").status, 303);
  EXPECT_EQ(account().phone, "+442079460018");
}

TEST_F(profile_fields, what_is_no_number_in_use_is_refused) {  // T187
  for (const std::string& bad :
       {std::string("+"), std::string("++49 30 901820"), std::string("+49"), std::string("+49 30 1"),
        std::string("+999 1234567"), std::string(100, '1'), "+" + std::string(99, '4'),
        std::string("1-800-FLOWERS"), std::string("+49 30 901820 ext. 5"), std::string("tel:+4930901820"),
        std::string("+49 30 901820;ext=5"), std::string("call +49 30 901820"),
        std::string("\u0664\u0669\u0663\u0660"), std::string("+1 555 0100"), std::string("<script>"),
        std::string("=cmd|x"), std::string(1000, '+')}) {
    const Answer answer = save(bad, "Europe/Berlin");
    EXPECT_EQ(answer.status, 422) << bad;
    EXPECT_FALSE(answer.says("<script>"));
  }
  EXPECT_EQ(account().phone, "");
  EXPECT_EQ(account().time_zone, "") << "nothing of a refused form is taken";
  EXPECT_EQ(account().name, "Ada Lovelace");
}

TEST_F(profile_fields, what_newer_data_does_not_know_any_more_is_kept_untouched) {
  site.database().write([&](records::Transaction& tx) {
    records::Accounts(tx).set_time_zone(ada, "Europe/Atlantis");
    records::Accounts(tx).set_phone(ada, "+9991234567");
  });
  const Answer form = browser.get(page);
  EXPECT_EQ(value(form, "time_zone"), "Europe/Atlantis");
  EXPECT_EQ(save(value(form, "phone"), value(form, "time_zone")).status, 303);
  EXPECT_EQ(account().name, "Ada");
  EXPECT_EQ(account().time_zone, "Europe/Atlantis");
  EXPECT_EQ(account().phone, "+9991234567");
  EXPECT_EQ(save("+999 123 45 67", "Europe/Atlantis").status, 303) << "as it was shown while it was known";
  EXPECT_EQ(save("+9991234568", "Europe/Atlantis").status, 422) << "another one is looked up";
  EXPECT_EQ(save("", "").status, 303);
  EXPECT_EQ(account().time_zone + account().phone, "");
}

TEST_F(profile_fields, a_time_zone_is_found_by_its_city) {  // M8
  for (const char* typed : {"Europe/Berlin", "europe/berlin", " Berlin ", "BERLIN"}) {
    EXPECT_EQ(save("", typed).status, 303) << typed;
    EXPECT_EQ(account().time_zone, "Europe/Berlin") << typed;
    EXPECT_EQ(value(browser.get(page), "time_zone"), "Europe/Berlin");
    save("", "");
    EXPECT_EQ(account().time_zone, "");
  }
}

TEST_F(profile_fields, there_is_no_other_time_zone) {  // T187
  for (const char* bad : {"../../etc/passwd", "Europe/", "/", "Europe/Atlantis", "localtime", "posixrules",
                          "+02:00", "Europe/Berlin/..", "<script>", "zone.tab", "Berlin, Germany"}) {
    const Answer answer = save("", bad);
    EXPECT_EQ(answer.status, 422) << bad;
    EXPECT_TRUE(answer.says("There is no such time zone.")) << bad;
  }
  EXPECT_EQ(save("", std::string(10000, 'x')).status, 422);
  EXPECT_EQ(account().time_zone, "");
}

TEST_F(profile_fields, the_list_of_time_zones_is_for_everybody) {
  Browser nobody(site);
  const Answer answer = nobody.get("/account/time-zones");
  EXPECT_EQ(answer.header("content-type"), "text/plain; charset=utf-8");
  for (const char* zone : {"Europe/Oslo\n", "America/New_York\n", "UTC\n"})
    EXPECT_TRUE(answer.says(zone)) << zone;
  EXPECT_TRUE(browser.get(page).says("href=\"/account/time-zones\""));
}

TEST_F(profile_fields, a_program_changes_one_thing_and_reads_them_all) {
  EXPECT_EQ(browser.post_json(page, R"({"phone":"+4930901820"})").status, 200);
  EXPECT_EQ(account().name, "Ada Lovelace");
  EXPECT_EQ(browser.post_json(page, R"({"time_zone":"Europe/Berlin"})").status, 200);
  EXPECT_EQ(account().phone, "+4930901820");
  const Answer read = browser.send("GET", page, "", {{"accept", "application/json"}});
  EXPECT_TRUE(read.says(R"("time_zone":"Europe/Berlin")")) << read.body;
  const Answer refused = browser.post_json(page, R"({"phone":"+49"})");
  EXPECT_EQ(refused.status, 422);
  EXPECT_TRUE(refused.says(R"("field":"phone")")) << refused.body;
}

TEST_F(profile_fields, several_mistakes_are_told_at_once) {
  const Answer answer = browser.submit(page, {{"name", ""}, {"phone", "+"}, {"time_zone", "Atlantis"}});
  for (const char* id : {"name-error", "phone-error", "time-zone-error"})
    EXPECT_TRUE(answer.says("id=\"" + std::string(id) + "\"")) << id;
}

TEST(profile, what_was_not_changed_is_no_event) {
  Site site;
  site.account("ada@example.org");
  Browser browser(site);
  browser.login("ada@example.org");
  EXPECT_EQ(browser.submit(page, {{"name", "Ada Lovelace"}, {"phone", ""}, {"time_zone", ""}}).status, 303);
  EXPECT_FALSE(has_happened(site, "ada@example.org", "profile.change ok"));
}

// Each is on record for a month.
TEST(profile, is_saved_so_often_in_an_hour_and_so_are_preferences_and_notifications) {
  Site site;
  const AccountId ada = site.account("ada@example.org");
  site.account("bob@example.org", "Bob");
  Browser browser(site), other(site);
  browser.login("ada@example.org");
  other.login("bob@example.org");
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(browser.post_json(page, json({{"name", "Ada " + std::to_string(i)}})).status, 200);
    EXPECT_EQ(browser.post_json("/account/preferences", json({{"clock", i % 2 == 0 ? "12" : "24"}})).status,
              200);
    EXPECT_EQ(
        browser.post_json("/account/notifications", json({{"choice", i % 2 == 0 ? "none" : "all"}})).status,
        200);
  }
  EXPECT_EQ(browser.submit(page, {{"name", "Ada Once More"}}).status, 429);
  EXPECT_EQ(browser.submit("/account/preferences", {{"clock", "12"}}).status, 429);
  EXPECT_EQ(browser.post_json("/account/notifications", json({{"choice", "none"}})).status, 429);
  EXPECT_EQ(site.admin().show(ada.str())->account.name, "Ada 39");
  EXPECT_EQ(other.submit(page, {{"name", "Bob Anew"}}).status, 303);
}

}  // namespace
}  // namespace doorward::test
