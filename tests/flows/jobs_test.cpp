// What a worker does besides answering, when its clock isn't right.
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/jobs.hpp"
#include "records/audit_entry.hpp"
#include "records/rows.hpp"
#include "records/session.hpp"
#include "steps.hpp"

namespace doorward::test {
namespace {

bool has_signed(const Site& site, int checkpoint) {
  const auto lines = site.log().lines();
  const std::string begin = "audit checkpoint " + std::to_string(checkpoint) + " at ";
  return std::any_of(lines.begin(), lines.end(),
                     [&](const std::string& line) { return line.starts_with(begin); });
}

TEST(jobs, go_on_when_a_clock_that_was_ahead_goes_back) {
  Site site;
  const Duration far = std::chrono::hours(200 * 24);
  site.account("ada@example.org");
  site.engine().jobs().run_once();
  EXPECT_TRUE(has_signed(site, 1));
  site.clock().pass(far);
  site.account("bob@example.org");
  site.engine().jobs().run_once();
  EXPECT_TRUE(has_signed(site, 2));
  site.clock().pass(-far);
  site.account("eve@example.org");
  site.engine().jobs().run_once();
  EXPECT_TRUE(has_signed(site, 3)) << "not in 200 days";
}

TEST(jobs, remove_what_has_ended_and_what_is_too_old) {
  Site site;
  site.account("ada@example.org");
  Browser(site).login("ada@example.org");
  const auto count = [&](const records::Table& table) {
    return site.database().read(
        [&](records::Transaction& tx) { return records::next_rows(tx, table, nullptr).size(); });
  };
  site.engine().jobs().run_once();
  ASSERT_EQ(count(records::Session::table), 1U);
  ASSERT_GT(count(records::AuditEntry::table), 0U);
  site.clock().pass(std::chrono::hours(40 * 24));
  site.engine().jobs().run_once();
  EXPECT_EQ(count(records::Session::table), 0U);
  EXPECT_EQ(count(records::AuditEntry::table), 0U);
}

}  // namespace
}  // namespace doorward::test
