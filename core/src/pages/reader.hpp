// Who reads a page or a letter: in which language, and by which clock on which wall.
#pragma once
#include <concepts>
#include <string>
#include <string_view>
#include <utility>

namespace doorward::pages {

struct Reader {
  template <std::convertible_to<std::string_view> Language>
  // NOLINTNEXTLINE(google-explicit-constructor,hicpp-explicit-conversions): a language alone is a reader, too
  Reader(const Language& language, std::string zone = {}, std::string hours = {})
      : locale{std::string_view(language)}, time_zone{std::move(zone)}, clock{std::move(hours)} {}

  std::string locale;
  std::string time_zone;  // of the IANA database, "Europe/Berlin"; empty: UTC
  std::string clock;      // "24" or "12"; empty: 24
};

}  // namespace doorward::pages
