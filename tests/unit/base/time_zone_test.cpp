// Which time zones there are, and what may be typed for one.
#include "base/time_zone.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace doorward {
namespace {

TEST(TimeZones, AreTheOnesPeopleLiveIn) {
  const auto& zones = all_time_zones();
  EXPECT_GT(zones.size(), 400u);
  EXPECT_TRUE(std::is_sorted(zones.begin(), zones.end()));
  for (const char* name : {"Europe/Berlin", "Europe/Oslo", "America/Argentina/Buenos_Aires", "UTC"})
    EXPECT_TRUE(is_time_zone(name)) << name;
}

TEST(TimeZones, AreNoOtherFileOfTheSystem) {  // T187
  using namespace std::string_view_literals;
  for (const auto name :
       {""sv, "Europe/"sv, "/Berlin"sv, "Europe"sv, "../../etc/passwd"sv, "posix/Europe/Berlin"sv,
        "Europe/Berlin\0"sv, "Europe/Berlin\n"sv, "Europe//Berlin"sv, "europe/berlin"sv, "zone.tab"sv,
        "Europe/Atlantis"sv, "localtime"sv}) {
    EXPECT_FALSE(is_time_zone(name)) << name;
  }
  for (const auto typed :
       {""sv, " "sv, "Europe/"sv, "/Berlin"sv, "../../etc/passwd"sv, "Europe/../Europe/Berlin"sv,
        "Europe/Berlin\0"sv, "Europe/Berlin x"sv, "Bеrlin"sv /* Cyrillic */}) {
    EXPECT_FALSE(find_time_zone(typed)) << typed;
  }
  EXPECT_FALSE(find_time_zone(std::string(100'000, 'x')));
}

TEST(TimeZones, AreFoundAsPeopleTypeThem) {
  for (const char* typed : {"Europe/Berlin", "europe/berlin", "berlin", " Berlin "})
    EXPECT_EQ(find_time_zone(typed), "Europe/Berlin") << typed;
  for (const char* typed : {"new york", "America/New York", "NEW_YORK"})
    EXPECT_EQ(find_time_zone(typed), "America/New_York") << typed;
  for (const char* typed : {"Zürich", "zu\u0308rich", "Europe/Zurich", "\u00a0zurich\u00a0", "ZÜRICH"})
    EXPECT_EQ(find_time_zone(typed), "Europe/Zurich") << typed;
  for (const char* typed : {"São Paulo", "sao  paulo", "america/são paulo", "S\u00e3o\u00a0Paulo"})
    EXPECT_EQ(find_time_zone(typed), "America/Sao_Paulo") << typed;
  for (const char* typed : {"Port au Prince", "port-au-prince", "America/Port-au-Prince"})
    EXPECT_EQ(find_time_zone(typed), "America/Port-au-Prince") << typed;
}

TEST(TimeZones, HaveOtherNamesInBrowsersAndOlderData) {
  for (const auto& [other, zone] : {std::pair{"Asia/Calcutta", "Asia/Kolkata"},
                                    {"calcutta", "Asia/Kolkata"},
                                    {"Europe/Kiev", "Europe/Kyiv"},
                                    {"US/Eastern", "America/New_York"},
                                    {"America/Buenos_Aires", "America/Argentina/Buenos_Aires"},
                                    {"Asia/Saigon", "Asia/Ho_Chi_Minh"},
                                    {"Asia/Katmandu", "Asia/Kathmandu"},
                                    {"Japan", "Asia/Tokyo"}})
    EXPECT_EQ(find_time_zone(other), zone) << other;
  for (const char* utc : {"UTC", "utc", "Etc/UTC", "GMT", "Etc/GMT", "Zulu"})
    EXPECT_EQ(find_time_zone(utc), "UTC") << utc;
  EXPECT_EQ(find_time_zone("Europe/Oslo"), "Europe/Oslo") << "with a country of its own it is no other name";
  EXPECT_FALSE(find_time_zone("Eastern")) << "in Canada or in the United States?";
}

TEST(TimeZones, BelongToACountry) {
  EXPECT_EQ(country_of_time_zone("Europe/Berlin"), "DE");
  EXPECT_EQ(country_of_time_zone("America/Toronto"), "CA");
  for (const char* none : {"UTC", "", "Europe/Atlantis"}) EXPECT_EQ(country_of_time_zone(none), "") << none;
}

TEST(TimeZones, HaveCitiesOfTheirOwn) {
  std::set<std::string> cities;
  for (const std::string& name : all_time_zones()) {
    EXPECT_TRUE(cities.insert(name.substr(name.rfind('/') + 1)).second) << name;
    EXPECT_EQ(find_time_zone(name), name);
  }
}

}  // namespace
}  // namespace doorward
