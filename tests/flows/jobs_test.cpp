// What a worker does besides answering, when its clock isn't right.
#include <gtest/gtest.h>

#include <algorithm>

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

}  // namespace
}  // namespace doorward::test
