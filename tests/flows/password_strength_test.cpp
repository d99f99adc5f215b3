#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "steps.hpp"

namespace doorward::test {
namespace {

constexpr const char* path = "/account/password/strength";

nlohmann::json judged(Browser& browser, const FormFields& typed) {
  const Answer answer = browser.post_json(path, json(typed));
  EXPECT_EQ(answer.status, 200) << answer.body;
  return nlohmann::json::parse(answer.body);
}

// A filter of passwords, as ops make it.
std::string breach_list(const std::filesystem::path& folder) {
  std::ofstream(folder / "leaked.txt") << "tangerine-wardrobe-93\npericombobulation-99\n";
  const std::string made = "cd '" + folder.string() +
                           "' && " DOORWARD_PWQFILTER
                           " --create=100 --output=leaked.filter < leaked.txt 2> /dev/null";
  EXPECT_EQ(std::system(made.c_str()), 0) << made;
  return (folder / "leaked.filter").string();
}

class Scratch {
 public:
  Scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "doorward-leaked-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    folder = name;
  }
  ~Scratch() { std::filesystem::remove_all(folder); }
  std::filesystem::path folder;
};

TEST(password_strength, is_told_while_one_types) {
  Site site;
  Browser stranger(site);
  const auto weak = judged(stranger, {{"password", "password"}});
  EXPECT_EQ(weak["score"], 0);
  EXPECT_EQ(weak["accepted"], false);
  EXPECT_EQ(weak["errors"]["password"], "Please use at least 15 characters.");
  const auto strong = judged(stranger, {{"password", "seven anchors sing quietly"}});
  EXPECT_EQ(strong["score"], 4);
  EXPECT_EQ(strong["accepted"], true);
  EXPECT_FALSE(strong.contains("errors"));
  int last = -1;
  for (const char* longer : {"a", "abc7", "abc7qz!", "abc7qz!v", "abc7qz!v9Ty", "abc7qz!v9Ty&kw2"}) {
    const int score = judged(stranger, {{"password", longer}})["score"];
    EXPECT_GE(score, last) << longer;
    last = score;
  }
  EXPECT_EQ(last, 4);
  EXPECT_EQ(judged(stranger, {{"password", ""}}), (nlohmann::json{{"score", 0}, {"accepted", false}}));
}

TEST(password_strength, says_why_in_the_readers_language) {
  Site site;
  Browser browser(site);
  browser.language = "de";
  const std::string why = judged(browser, {{"password", "kurz"}})["errors"]["password"];
  EXPECT_NE(why.find("mindestens 15"), std::string::npos) << why;
}

TEST(password_strength, knows_the_words_of_whose_password_it_is) {  // T007
  Site site;
  site.account("ada.lovelace@example.org");
  const std::string own = "lovelace-lovelace-ada";
  const auto errors = [&](Browser& browser, FormFields typed) {
    typed.emplace_back("password", own);
    return judged(browser, typed).value("errors", nlohmann::json::object()).value("password", "");
  };
  const std::string context =
      "Please choose a password without your name, your address or the name of this site.";
  Browser stranger(site), ada(site), link(site);
  EXPECT_NE(errors(stranger, {}), context);
  EXPECT_EQ(errors(stranger, {{"name", "Ada Lovelace"}}), context) << "signing up";
  EXPECT_EQ(errors(stranger, {{"email", "ada.lovelace@example.com"}}), context);
  ada.login("ada.lovelace@example.org");
  EXPECT_EQ(errors(ada, {}), context) << "signed in";
  link.follow(link.get(ask_for_recovery(site, link, "ada.lovelace@example.org").link()));
  EXPECT_EQ(errors(link, {}), context) << "with a link";
}

TEST(password_strength, agrees_with_what_the_form_says) {
  Site site;
  for (const char* typed : {"Password1234567", "tangerine-wardrobe-93", "harbour notes harbour", "short",
                            "aaaaaaaaaaaaaaaaaaaa", "vier Sonnen \u00fcber Hafen"}) {
    Browser browser(site);
    FormFields form = signup_form("grace@example.org");
    form.back().second = typed;
    const bool taken = browser.submit("/account/signup", form).status == 303;
    EXPECT_EQ(
        judged(browser,
               {{"name", "Grace Hopper"}, {"email", "grace@example.org"}, {"password", typed}})["accepted"],
        taken)
        << typed;
  }
}

TEST(password_strength, is_neither_kept_nor_told_to_others) {
  Site site;
  site.account("ada@example.org");
  Browser ada(site), foreign(site);
  ada.login("ada@example.org");
  const auto before = history(site, "ada@example.org");
  const Answer answer = ada.post_json(path, json({{"password", "a-secret-being-typed"}}));
  EXPECT_EQ(answer.header("cache-control"), "no-store");
  EXPECT_FALSE(answer.says("a-secret"));
  EXPECT_EQ(history(site, "ada@example.org"), before);
  for (const std::string& line : site.log().lines())
    EXPECT_EQ(line.find("a-secret"), std::string::npos) << line;
  EXPECT_EQ(foreign
                .send("POST", path, R"({"password":"x"})",
                      {{"content-type", "application/json"}, {"origin", "https://evil.example"}})
                .status,
            403);
  EXPECT_EQ(ada.get(path).location, "/account/password");
  ada.get("/account/password");
  EXPECT_EQ(ada.post(path, {{"password", "x"}}).status, 400) << "a form would be shown JSON";
}

TEST(password_strength, of_a_million_characters_costs_nothing) {  // T003
  Site site;
  Browser browser(site);
  EXPECT_EQ(browser.post_json(path, json({{"password", std::string(1 << 20, 'x')}})).status, 413);
  const auto long_one = judged(browser, {{"password", std::string(1025, 'x')}});
  EXPECT_EQ(long_one["accepted"], false);
}

TEST(password_strength, is_judged_so_often_for_one_network) {
  Site site("limits:\n  address_failures: 5\n");
  Browser browser(site), elsewhere(site);
  elsewhere.address = "203.0.113.77";
  for (int i = 0; i < 100; ++i) judged(browser, {{"password", "x" + std::to_string(i)}});
  const Answer refused = browser.post_json(path, json({{"password", "x"}}));
  EXPECT_EQ(refused.status, 429);
  EXPECT_FALSE(refused.header("retry-after").empty());
  judged(elsewhere, {{"password", "x"}});
}

TEST(password_strength, a_leaked_one_is_refused_wherever_one_is_chosen) {
  const Scratch scratch;
  Site site("password:\n  breach_list: " + breach_list(scratch.folder) + "\n");
  const std::string leaked = "tangerine-wardrobe-93";
  site.account("ada@example.org");
  Browser ada(site), stranger(site), link(site);
  ada.login("ada@example.org");
  const auto refused = [](const Answer& answer) { return answer.status == 422 && answer.says("leak"); };
  EXPECT_TRUE(refused(ada.submit("/account/password", {{"current", Site::password}, {"new", leaked}})));
  FormFields form = signup_form("grace@example.org");
  form.back().second = leaked;
  EXPECT_TRUE(refused(stranger.submit("/account/signup", form)));
  link.follow(link.get(ask_for_recovery(site, link, "ada@example.org").link()));
  EXPECT_TRUE(refused(link.post("/account/recovery/reset", {{"new", leaked}})));
  const auto set = site.admin().set_password("ada@example.org", leaked, false);
  EXPECT_EQ(set ? "" : set.error().code, "password_breached");
  const auto made = site.admin().create({"Bob", "bob@example.org", "", "pericombobulation-99", false, false});
  EXPECT_EQ(made ? "" : made.error().code, "password_breached");
  EXPECT_EQ(judged(stranger, {{"password", leaked}})["accepted"], false);
  EXPECT_EQ(ada.submit("/account/password", {{"current", Site::password}, {"new", new_password}}).status,
            303);
}

TEST(password_strength, a_list_that_cannot_be_read_decides_as_it_is_set) {
  for (const bool accept : {true, false}) {
    const Scratch scratch;
    Site site("password:\n  breach_list: " + breach_list(scratch.folder) + "\n" +
              (accept ? "" : "  breach_on_failure: refuse\n"));
    site.account("ada@example.org");
    Browser ada(site);
    ada.login("ada@example.org");
    std::filesystem::remove(scratch.folder / "leaked.filter");
    const Answer answer =
        ada.submit("/account/password", {{"current", Site::password}, {"new", new_password}});
    EXPECT_EQ(answer.status, accept ? 303 : 503);
    EXPECT_EQ(answer.says("can’t be checked right now"), !accept) << answer.body;
  }
}

TEST(password_strength, a_list_that_is_none_is_a_fault_of_the_settings) {
  const Scratch scratch;
  std::ofstream(scratch.folder / "junk") << "junk";
  for (const char* file : {"junk", "missing"}) {
    const std::string list = (scratch.folder / file).string();
    try {
      const Site site("password:\n  breach_list: " + list + "\n");
      ADD_FAILURE() << file;
    } catch (const std::exception& fault) {
      EXPECT_NE(std::string(fault.what()).find("doorward.yaml:"), std::string::npos) << fault.what();
      EXPECT_NE(std::string(fault.what()).find("is no file of pwqfilter"), std::string::npos) << fault.what();
    }
  }
}

TEST(password_strength, the_rules_stand_on_the_page_before_one_types) {
  Site site;
  site.account("ada@example.org");
  Browser ada(site), stranger(site);
  ada.login("ada@example.org");
  for (const Answer& answer : {ada.get("/account/password"), stranger.get("/account/signup")}) {
    EXPECT_TRUE(answer.says("At least 15 characters"));
    EXPECT_TRUE(answer.says("data-url=\"/account/password/strength\""));
    EXPECT_TRUE(answer.says("/account/theme/strength.js?v="));
  }
}

}  // namespace
}  // namespace doorward::test
