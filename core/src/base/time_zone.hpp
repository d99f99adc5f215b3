// The time zones a person may live in: those the system's copy of the IANA time zone database lists by country (its
// zone.tab), and UTC. A name that isn't among them never gets as far as a file of that database.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace doorward {

// "Africa/Abidjan" … "UTC", sorted by bytes; only UTC where the system has no such database. Read once; any thread.
const std::vector<std::string>& all_time_zones();
bool is_time_zone(std::string_view name);  // exactly one of them
// The country it belongs to, "DE"; empty for UTC and for what is none.
std::string country_of_time_zone(std::string_view name);

// What a person or a browser calls one of them: in any case, with or without accents, spaces for underscores. The city is
// enough, for no two zones share one: "new york" is America/New_York. Names that the database links to another are
// that one: "Asia/Calcutta" is Asia/Kolkata, "GMT" is UTC.
std::optional<std::string> find_time_zone(std::string_view typed);

}  // namespace doorward
