#include "base/wall_clock.hpp"

#include <date/tz.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

namespace doorward {
namespace {

// Nothing for a zone that there isn't: one of an older database, or no database at all.
std::optional<std::chrono::seconds> offset_at(std::chrono::sys_seconds time, std::string_view zone) {
  if (zone.empty()) return std::nullopt;
  try {
    return date::locate_zone(zone)->get_info(time).offset;
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
}

}  // namespace

WallClock wall_clock(Time time, std::string_view zone) {
  const auto moment =
      std::chrono::floor<std::chrono::seconds>(std::clamp(time, earliest_shown, latest_shown));
  const auto offset = offset_at(moment, zone);
  const auto local = moment + offset.value_or(std::chrono::seconds(0));
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(local - day);
  WallClock wall;
  wall.year = static_cast<int>(date.year());
  wall.month = static_cast<unsigned>(date.month());
  wall.day = static_cast<unsigned>(date.day());
  wall.hour = static_cast<unsigned>(clock.hours().count());
  wall.minute = static_cast<unsigned>(clock.minutes().count());
  wall.zone_known = offset.has_value();
  return wall;
}

}  // namespace doorward
