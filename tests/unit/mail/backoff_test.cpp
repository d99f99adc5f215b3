#include "mail/backoff.hpp"

#include <gtest/gtest.h>

#include "post_office.hpp"

namespace doorward::mail {
namespace {

TEST(Backoff, DoublesFromHalfAMinuteToAnHourAndSpreadsByAFifth) {
  SeededRandom random;
  const std::vector<std::pair<std::int64_t, std::chrono::seconds>> middles = {
      {1, 30s},   {2, 60s},   {3, 120s},  {4, 240s},    {5, 480s},         {6, 960s},
      {7, 1920s}, {8, 3000s}, {9, 3000s}, {100, 3000s}, {1'000'000, 3000s}};
  for (const auto& [attempts, seconds] : middles) {
    const Duration middle = seconds;
    Duration least = Duration::max(), most = Duration::min();
    for (int i = 0; i < 5000; ++i) {
      const Duration delay = delay_after(attempts, random);
      least = std::min(least, delay);
      most = std::max(most, delay);
    }
    EXPECT_GE(least, middle * 8 / 10) << attempts;
    EXPECT_LE(most, middle * 12 / 10) << attempts;
    EXPECT_LE(most, longest_delay) << attempts;
    EXPECT_LT(least, middle * 81 / 100) << "hardly spread, at attempt " << attempts;
    EXPECT_GT(most, middle * 119 / 100) << "hardly spread, at attempt " << attempts;
  }
}

TEST(Backoff, PlansNoTryForWhenALetterHasExpired) {
  EXPECT_EQ(next_try(morning, morning + 1h, 30s), morning + 30s);
  EXPECT_EQ(next_try(morning, morning + 90s, 30s), morning + 30s);       // a minute to spare
  EXPECT_EQ(next_try(morning, morning + 14min, 16min), morning + 7min);  // half of what is left
  EXPECT_EQ(next_try(morning, morning + 120s, 16min), morning + 60s);
  EXPECT_EQ(next_try(morning, morning + 119s, 16min), std::nullopt);
  EXPECT_EQ(next_try(morning, morning, 30s), std::nullopt);
  EXPECT_EQ(next_try(morning, morning - 1h, 30s), std::nullopt);
}

}  // namespace
}  // namespace doorward::mail
