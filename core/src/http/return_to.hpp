// Where a person goes on to: a path of this site, never another's. Only a checked address becomes one.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace doorward::http {

class ReturnTo {
 public:
  // None for anything that a browser could take for another site, or that isn't a clean origin-form target
  // (RFC 9112 3.2.1): "//host", "/\host", schemes, controls also when encoded, backslashes also when encoded.
  static std::optional<ReturnTo> parse(std::string_view text);
  const std::string& str() const { return target_; }

 private:
  explicit ReturnTo(std::string target) : target_(std::move(target)) {}
  std::string target_;
};

std::string query_escape(
    std::string_view text);  // for a value in a query: all but RFC 3986's unreserved characters

}  // namespace doorward::http
