// What a request asks for, read so strictly that no other program can read it differently.
//
// The rule for a place is chosen by the path, and then the application behind reads the same path again. Where
// programs differ (encoded slashes, backslashes, dot segments with parameters), the request is refused, and what is
// handed on is the path without dot segments and doubled slashes by which the rule was chosen.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace doorward::server {

struct Target {
  std::string raw;      // as received
  std::string path;     // decoded, without dot segments and empty parts: "/a b/"
  std::string place;    // path without the parameters (";x") of its parts: what rules are compared with
  std::string encoded;  // path as it is handed on: "/a%20b/"
  std::string query;    // raw, without "?"
  bool has_query = false;
};

// None: it must be answered 400.
std::optional<Target> parse_target(std::string_view raw);

// A place is written as the path of a folder; it holds itself and all below it. Returned without a slash at its end, so
// that the whole site is "". None: it isn't clean.
std::optional<std::string> parse_place(std::string_view text);
bool holds(std::string_view place, std::string_view path) noexcept;

}  // namespace doorward::server
