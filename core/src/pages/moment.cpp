#include "pages/moment.hpp"

#include <map>

#include "base/wall_clock.hpp"

namespace doorward::pages {
namespace {

using Parts = std::map<std::string, std::string, std::less<>>;

std::string two_digits(unsigned value) { return (value < 10 ? "0" : "") + std::to_string(value); }

std::string filled(const Catalogue& catalogue, const std::string& key, const Parts& parts) {
  const Message* message = catalogue.find(key);
  if (message == nullptr) return {};
  return catalogue.fill(*message, [&](std::string_view name) {
    const auto found = parts.find(name);
    return found == parts.end() ? std::string() : found->second;
  });
}

// 0:05 is 12:05 AM, 12:05 is 12:05 PM.
std::string clock_of(const WallClock& wall, const Catalogue& catalogue, bool halves) {
  if (!halves)
    return filled(catalogue, "time.clock_24",
                  {{"hour", two_digits(wall.hour)}, {"minute", two_digits(wall.minute)}});
  return filled(catalogue, "time.clock_12",
                {{"hour", std::to_string((wall.hour + 11) % 12 + 1)},
                 {"minute", two_digits(wall.minute)},
                 {"half", filled(catalogue, wall.hour < 12 ? "time.am" : "time.pm", {})}});
}

std::string date_of(const WallClock& wall, const Catalogue& catalogue) {
  return filled(catalogue, "time.date",
                {{"day", std::to_string(wall.day)},
                 {"month", filled(catalogue, "time.month." + std::to_string(wall.month), {})},
                 {"year", std::to_string(wall.year)}});
}

std::string iso_of(const WallClock& utc) {
  return std::to_string(utc.year) + "-" + two_digits(utc.month) + "-" + two_digits(utc.day) + "T" +
         two_digits(utc.hour) + ":" + two_digits(utc.minute) + "Z";
}

}  // namespace

Moment moment_of(Time time, const Catalogue& catalogue, const Reader& reader) {
  const WallClock wall = wall_clock(time, reader.time_zone);
  Moment moment{iso_of(wall_clock(time, {})), date_of(wall, catalogue), {}};
  moment.text = filled(catalogue, wall.zone_known ? "time.moment" : "time.moment_utc",
                       {{"date", moment.date}, {"clock", clock_of(wall, catalogue, reader.clock == "12")}});
  return moment;
}

}  // namespace doorward::pages
