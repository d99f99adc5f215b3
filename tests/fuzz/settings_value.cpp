// Single values: what is accepted is canonical, so that it is accepted again and stays as it is.
#include "settings/values.hpp"

#include <array>

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace doorward::settings;
  using doorward::fuzz::must;
  constexpr std::array<Check, 8> checks{check_public_url,   check_mount,   check_home,   check_email,
                                        check_url_or_empty, check_network, check_header, check_locale};
  const std::string text(doorward::fuzz::text(data, size));
  for (const Check check : checks) {
    std::string once = text;
    if (!check(once).empty()) continue;
    std::string twice = once;
    must(check(twice).empty() && twice == once, "an accepted value isn't accepted again as it is");
  }
  if (std::string url = text; check_public_url(url).empty())
    must(url.starts_with("https://") || url.starts_with("http://localhost") ||
             url.starts_with("http://127.") || url.starts_with("http://[::1]"),
         "an address of the site is neither https nor on loopback");
  if (std::string home = text; check_home(home).empty())
    must(home[0] == '/' && (home.size() == 1 || (home[1] != '/' && home[1] != '\\')), "home leads elsewhere");
  if (const auto duration = parse_duration(text))
    must(parse_duration(format_duration(*duration)) == duration, "a duration changes when it is written");
  if (const auto kib = parse_size(text))
    must(parse_size(format_size(*kib)) == kib, "a size changes when it is written");
  return 0;
}
