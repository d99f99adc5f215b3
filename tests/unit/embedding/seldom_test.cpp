// Lines of the log that strangers can provoke.
#include "embedding/seldom.hpp"

#include <gtest/gtest.h>

namespace doorward::embedding {
namespace {

TEST(Seldom, SaysOneLineAndHowManyItLeftOut) {
  Seldom seldom;
  const Seldom::Moment start(std::chrono::hours(1));
  EXPECT_EQ(seldom.turn(start), "");
  for (int i = 0; i < 50; ++i)
    EXPECT_FALSE(seldom.turn(start + Seldom::pause - std::chrono::milliseconds(1)));
  EXPECT_EQ(seldom.turn(start + Seldom::pause), " (and 50 more such lines before)");
  EXPECT_FALSE(seldom.turn(start + Seldom::pause));
  EXPECT_EQ(seldom.turn(start + 3 * Seldom::pause), " (and 1 more such lines before)");
  EXPECT_EQ(seldom.turn(start + 4 * Seldom::pause), "");
}

}  // namespace
}  // namespace doorward::embedding
