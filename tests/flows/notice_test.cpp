// What was done is said on the page that it leads to, once, and by nobody else's link.
#include <gtest/gtest.h>

#include "steps.hpp"

namespace doorward::test {
namespace {

constexpr const char* page = "/account/preferences";
constexpr const char* said = "Your preferences are saved.";

class notice : public ::testing::Test {
 protected:
  notice() {
    site.account("ada@example.org");
    browser.login("ada@example.org");
  }
  Answer save() { return browser.submit(page, {{"clock", "12"}}); }

  Site site;
  Browser browser{site};
};

TEST_F(notice, is_said_once) {
  const Answer saved = save();
  EXPECT_EQ(saved.leads(), std::string(page) + ": preferences_saved");
  EXPECT_TRUE(browser.follow(saved).says(said));
  EXPECT_FALSE(browser.follow(saved).says(said)) << "at a reload";
}

TEST_F(notice, is_said_on_its_own_page_alone) {
  const Answer saved = save();
  EXPECT_FALSE(browser.get("/account/profile").says(said));
  EXPECT_EQ(browser.send("HEAD", page, "", {}).status, 200);
  EXPECT_EQ(browser.get("/account/preferencez").status, 404);
  EXPECT_TRUE(browser.follow(saved).says(said)) << "still to be said";
}

TEST_F(notice, is_no_affair_of_the_address) {
  EXPECT_FALSE(browser.get(std::string(page) + "?notice=preferences_saved").says(said));
}

TEST_F(notice, that_is_none_says_nothing) {
  const std::string name = "__Host-doorward-notice", at = ":%2Faccount%2Fpreferences";
  const std::size_t plain = browser.get(page).body.size();
  const std::vector<std::string> values = {"nothing" + at,
                                           "<b>" + at,
                                           at,
                                           "preferences_saved",
                                           "preferences_saved:%2Faccount",
                                           std::string(3000, 'a') + at};
  for (const std::string& value : values) {
    browser.cookies[name] = value;
    EXPECT_EQ(browser.get(page).body.size(), plain) << value;
    browser.cookies.erase(name);
  }
}

TEST_F(notice, is_a_code_for_programs) {
  const Answer answer = browser.post_json(page, R"({"clock":"12"})");
  EXPECT_EQ(answer.body, R"({"next":"/account/preferences","notice":"preferences_saved"})");
  EXPECT_EQ(answer.notice, "") << "no cookie";
}

}  // namespace
}  // namespace doorward::test
