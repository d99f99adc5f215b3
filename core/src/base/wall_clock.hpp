// A moment as the clock on somebody's wall shows it. The rules of time zones are those of the system's time zone database,
// read when a zone is first asked for, and kept.
#pragma once
#include <string_view>

#include "base/clock.hpp"

namespace doorward {

struct WallClock {
  int year = 1970;
  unsigned month = 1, day = 1, hour = 0, minute = 0;  // 1 to 12, 1 to 31, 0 to 23, 0 to 59
  bool zone_known = false;                            // false: it is UTC
};

// Moments of which years can be written with four digits: 0001-01-01 to 9999-12-30, so that no zone leads out of them.
inline constexpr Time earliest_shown{std::chrono::sys_days(std::chrono::year(1) / 1 / 2)};
inline constexpr Time latest_shown{std::chrono::sys_days(std::chrono::year(9999) / 12 / 31)};

// `zone`: of the IANA database, "Europe/Berlin". UTC where it is empty, or the system doesn't know it. A moment beyond those
// that can be shown is the nearest of them. [any thread]
WallClock wall_clock(Time time, std::string_view zone);

}  // namespace doorward
