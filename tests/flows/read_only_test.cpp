// While a store takes no writes: who is signed in passes, what would be written is put off with a page of its own, and the log
// isn't filled with it.
#include <gtest/gtest.h>

#include "engine/jobs.hpp"
#include "records/maintenance.hpp"
#include "records/session.hpp"
#include "steps.hpp"

namespace doorward::test {
namespace {

using State = records::Maintenance::State;

class read_only : public ::testing::Test {
 protected:
  read_only() {
    site.account("ada@example.org");
    person.login("ada@example.org");
  }
  void close() {
    site.database().maintain([&](records::Transaction& tx) {
      records::Maintenances(tx).set({State::leaving, "copy", site.clock().now()});
    });
  }
  void open() {
    site.database().maintain([](records::Transaction& tx) { records::Maintenances(tx).remove(); });
  }
  std::size_t lines() const { return site.log().lines().size(); }

  Site site;
  Browser person{site};
};

TEST_F(read_only, who_is_signed_in_passes_and_reads) {
  Browser elsewhere = person;
  close();
  EXPECT_TRUE(person.signed_in());
  site.clock().pass(std::chrono::minutes(5));  // its use would be noted
  const Answer page = person.get("/account/profile");
  EXPECT_EQ(page.status, 200);
  EXPECT_TRUE(page.says("Ada Lovelace"));
  EXPECT_EQ(lines(), 0U) << site.log().lines().front();
}

TEST_F(read_only, signing_in_is_put_off_with_a_page_of_its_own) {
  close();
  Browser other(site);
  const Answer page = other.login("ada@example.org");
  EXPECT_EQ(page.status, 503);
  EXPECT_EQ(page.heading(), "Back in a few minutes");
  EXPECT_EQ(page.header("Retry-After"), "60");
  EXPECT_EQ(page.header("Cache-Control"), "no-store");
  EXPECT_FALSE(page.says("please give this reference")) << "there is nothing in the log to be found by it";
  EXPECT_FALSE(other.signed_in());
  other.language = "de";
  EXPECT_EQ(other.login("ada@example.org").heading(), "In wenigen Minuten geht es weiter");
  EXPECT_EQ(lines(), 0U) << site.log().lines().front();
}

TEST_F(read_only, programs_are_told_by_a_code) {
  close();
  const Answer answer = person.post_json("/account/profile", R"({"name":"Ada, Countess of Lovelace"})");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.header("Content-Type"), "application/problem+json");
  EXPECT_EQ(answer.header("Retry-After"), "60");
  EXPECT_TRUE(answer.says(R"("code":"read_only")"));
  EXPECT_TRUE(answer.says(R"("type":"urn:doorward:problem:read_only")"));
  EXPECT_FALSE(answer.says("\"id\""));
  open();
  EXPECT_EQ(person.name(), "Ada Lovelace") << "nothing was changed";
}

TEST_F(read_only, a_wrong_password_is_not_told_from_the_right_one) {
  close();
  Browser right(site), wrong(site);
  EXPECT_EQ(masked(right.login("ada@example.org")),
            masked(wrong.login("ada@example.org", "another-tangerine-92")));
}

TEST_F(read_only, trying_again_and_again_keeps_nobody_out_afterwards) {
  close();
  Browser other(site);
  for (int i = 0; i < 12; ++i) EXPECT_EQ(other.login("ada@example.org").status, 503);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(other.login("ada@example.org", "another-tangerine-92").status, 503);
  open();
  EXPECT_EQ(other.login("ada@example.org").status, 303);
  close();
  Browser stranger(site);
  for (int i = 0; i < 15; ++i) stranger.login("ada@example.org", "another-tangerine-92");
  open();
  EXPECT_EQ(stranger.login("ada@example.org").status, 429) << "wrong ones are counted as ever";
}

TEST_F(read_only, what_waits_is_done_afterwards_and_the_log_says_it_once) {
  Browser other(site);
  ask_for_recovery(site, other, "ada@example.org");
  other.post("/account/recovery", {{"identifier", "ada@example.org"}});  // a letter that isn't sent yet
  close();
  const std::size_t before = lines();
  for (int i = 0; i < 2; ++i) {
    site.engine().jobs().run_once();
    site.clock().pass(std::chrono::minutes(11));  // everything is due
  }
  ASSERT_EQ(lines(), before + 1) << site.log().lines().back();
  EXPECT_NE(site.log().lines().back().find("the store is read-only: it is being copied"), std::string::npos);
  open();
  site.engine().jobs().run_once();
  ASSERT_EQ(lines(), before + 3) << site.log().lines().back();
  EXPECT_NE(site.log().lines()[before + 1].find("takes writes again"), std::string::npos);
  EXPECT_NE(site.log().lines().back().find("audit checkpoint 1 "), std::string::npos);
  EXPECT_NE(site.letter().to.find("ada@example.org"), std::string::npos);
}

}  // namespace
}  // namespace doorward::test
