#include "base/wall_clock.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <limits>
#include <string>
#include <thread>
#include <vector>

namespace doorward {
namespace {

using namespace std::chrono;

Time utc(int year, unsigned month, unsigned day, int hour, int minute) {
  return sys_days(std::chrono::year(year) / static_cast<int>(month) / static_cast<int>(day)) + hours(hour) +
         minutes(minute);
}

std::string shown(Time time, std::string_view zone) {
  const WallClock wall = wall_clock(time, zone);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u %02u:%02u%s", wall.year, wall.month, wall.day, wall.hour,
                wall.minute, wall.zone_known ? "" : " UTC");
  return text;
}

TEST(WallClock, ShowsTheTimeOfTheZone) {
  EXPECT_EQ(shown(utc(2026, 11, 21, 16, 0), "Europe/Berlin"), "2026-11-21 17:00");
  EXPECT_EQ(shown(utc(2026, 7, 21, 16, 0), "Europe/Berlin"), "2026-07-21 18:00");
  EXPECT_EQ(shown(utc(2026, 11, 21, 23, 30), "Asia/Kathmandu"), "2026-11-22 05:15");
  EXPECT_EQ(shown(utc(2026, 1, 1, 1, 0), "America/Sao_Paulo"), "2025-12-31 22:00");
  EXPECT_EQ(shown(utc(2018, 12, 1, 12, 0), "America/Sao_Paulo"), "2018-12-01 10:00")
      << "they had summer time";
  EXPECT_EQ(shown(utc(2026, 12, 1, 12, 0), "America/Sao_Paulo"), "2026-12-01 09:00") << "they gave it up";
  EXPECT_EQ(shown(utc(2026, 11, 21, 16, 0), "UTC"), "2026-11-21 16:00");
  EXPECT_EQ(shown(utc(2026, 11, 21, 16, 0), "Pacific/Kiritimati"), "2026-11-22 06:00");
}

TEST(WallClock, AnHourThatComesTwiceIsShownTwiceAndOneThatIsLeftOutNever) {
  EXPECT_EQ(shown(utc(2026, 10, 25, 0, 30), "Europe/Berlin"), "2026-10-25 02:30");
  EXPECT_EQ(shown(utc(2026, 10, 25, 1, 30), "Europe/Berlin"), "2026-10-25 02:30");
  EXPECT_EQ(shown(utc(2026, 10, 25, 2, 30), "Europe/Berlin"), "2026-10-25 03:30");
  EXPECT_EQ(shown(utc(2026, 3, 29, 0, 59), "Europe/Berlin"), "2026-03-29 01:59");
  EXPECT_EQ(shown(utc(2026, 3, 29, 1, 0), "Europe/Berlin"), "2026-03-29 03:00");
}

TEST(WallClock, WhereThereIsNoSuchZoneItIsUtcAndSaysSo) {
  for (const char* zone : {"", "Europe/", "Europe/Atlantis", "../../etc/passwd", "/etc/passwd",
                           "europe/berlin", "Europe/Berlin\n"})
    EXPECT_EQ(shown(utc(2026, 11, 21, 16, 0), zone), "2026-11-21 16:00 UTC") << zone;
}

TEST(WallClock, TimesFarAwayAreTheNearestThatCanBeShown) {
  constexpr auto least = std::numeric_limits<std::int64_t>::min(),
                 most = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(shown(from_microseconds(least), ""), "0001-01-02 00:00 UTC");
  EXPECT_EQ(shown(from_microseconds(most), ""), "9999-12-31 00:00 UTC");
  for (const char* zone : {"Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin"}) {
    EXPECT_GE(wall_clock(from_microseconds(least), zone).year, 1) << zone;
    EXPECT_LE(wall_clock(from_microseconds(most), zone).year, 9999) << zone;
  }
  EXPECT_EQ(shown(from_microseconds(-1), "UTC"), "1969-12-31 23:59");
}

TEST(WallClock, AnyThreadMayAsk) {
  std::vector<std::thread> threads;
  std::vector<std::string> seen(8);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    threads.emplace_back([&seen, i] {
      for (int n = 0; n < 200; ++n)
        seen[i] = shown(utc(2026, 11, 21, 16, n % 60), i % 2 == 0 ? "Asia/Tokyo" : "America/Lima");
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < seen.size(); ++i)
    EXPECT_EQ(seen[i], i % 2 == 0 ? "2026-11-22 01:19" : "2026-11-21 11:19");
}

}  // namespace
}  // namespace doorward
