#include "records/recovery_code.hpp"
#include "two_factor.hpp"

namespace doorward::test {
namespace {

class recovery_codes : public TwoFactor {};

TEST_F(recovery_codes, are_told_once_and_work) {  // T135
  const auto codes = codes_of(activate());
  ASSERT_EQ(codes.size(), 10U);
  for (const char* path : {page, verify, "/account/security"})
    EXPECT_FALSE(browser.get(path).says(codes[0])) << path;
  Browser lost(site);
  EXPECT_EQ(sign_in_with_recovery_code(lost, codes[3]).status, 303);
  EXPECT_TRUE(lost.get(page).says("9 codes left"));
}

TEST_F(recovery_codes, that_are_shown_stay_good_when_their_page_is_loaded_anew) {
  activate();
  site.clock().pass(std::chrono::seconds(1));
  browser.get(page);
  Browser again = browser;  // with the form as it was
  const auto codes = codes_of(browser.post(page, {{"change", "codes"}}));
  ASSERT_EQ(codes.size(), 10U);
  again.cookies = browser.cookies;
  site.clock().pass(std::chrono::seconds(1));
  const Answer answer = again.post(page, {{"change", "codes"}});
  EXPECT_EQ(answer.status, 409);
  EXPECT_TRUE(answer.says("New codes were made")) << answer.body;
  EXPECT_TRUE(has_happened(site, "ada@example.org", "recovery_codes.new codes_made")) << "and not: a request";
  Browser lost(site);
  EXPECT_EQ(sign_in_with_recovery_code(lost, codes[3]).status, 303);
  EXPECT_EQ(codes_of(again.post(page, {{"change", "codes"}})).size(), 10U) << "from the page as it is now";
}

TEST_F(recovery_codes, that_are_made_where_none_was_left_stay_good_at_a_reload) {
  activate();
  site.database().write([&](records::Transaction& tx) { records::RecoveryCodes(tx).remove_of(ada); });
  browser.get(page);
  Browser again = browser;
  const auto codes = codes_of(browser.post(page, {{"change", "codes"}}));
  ASSERT_EQ(codes.size(), 10U);
  again.cookies = browser.cookies;
  EXPECT_EQ(again.post(page, {{"change", "codes"}}).status, 409);
  Browser lost(site);
  EXPECT_EQ(sign_in_with_recovery_code(lost, codes[0]).status, 303);
}

TEST_F(recovery_codes, as_a_file_can_be_saved_without_a_script) {
  const Answer answer = activate();
  std::smatch found;
  ASSERT_TRUE(
      std::regex_search(answer.body, found, std::regex("href=\"(data:text/plain[^\"]*)\" download=")));
  EXPECT_NE(found[1].str().find(codes_of(answer)[9]), std::string::npos);
}

TEST_F(recovery_codes, that_are_new_void_the_old_ones) {  // T135
  const auto old = codes_of(activate());
  site.letters();
  const Answer answer = browser.submit(page, {{"change", "codes"}});
  const auto fresh = codes_of(answer);
  ASSERT_EQ(fresh.size(), 10U);
  EXPECT_NE(site.letter().subject.find("recovery codes"), std::string::npos);
  Browser one(site), two(site);
  EXPECT_EQ(sign_in_with_recovery_code(one, old[0]).status, 422);
  EXPECT_EQ(sign_in_with_recovery_code(two, fresh[0]).status, 303);
  EXPECT_TRUE(has_happened(site, who, "recovery_codes.new ok"));
}

}  // namespace
}  // namespace doorward::test
