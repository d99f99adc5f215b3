// Two factors are two only where they are of different kinds.
#include "signin/level.hpp"

#include <gtest/gtest.h>

namespace doorward::signin {
namespace {

TEST(Level, IsOneWithOneKindOfFactor) {
  for (const char* methods :
       {"", "pwd", "otp", "pwd pin", "otp sms", "pwd unknown", "user", "pwd pwd", "pw dotp", "otp,pwd"})
    EXPECT_EQ(level_of(methods), 1U) << methods;
}

TEST(Level, IsTwoWithTwo) {
  for (const char* methods : {"pwd otp", "otp pwd", "pwd user hwk", "hwk fpt", "mfa", "pwd mfa", "pin  swk"})
    EXPECT_EQ(level_of(methods), 2U) << methods;
}

}  // namespace
}  // namespace doorward::signin
