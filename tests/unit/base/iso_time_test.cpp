#include "base/iso_time.hpp"

#include <gtest/gtest.h>

namespace doorward {
namespace {

TEST(IsoText, IsToTheSecondAndInUtc) {
  EXPECT_EQ(iso_text(from_microseconds(0)), "1970-01-01T00:00:00Z");
  EXPECT_EQ(iso_text(from_microseconds(1'795'289'380'999'999)), "2026-11-21T19:29:40Z");
  EXPECT_EQ(iso_text(from_microseconds(-1)), "1969-12-31T23:59:59Z");
}

}  // namespace
}  // namespace doorward
