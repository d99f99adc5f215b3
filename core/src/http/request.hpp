// One request, as the server handed it over. Borrowed: everything lives as long as the call.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace doorward::http {

struct Request {
  std::string_view method;
  std::string_view scheme;          // of the connection
  std::string_view target;          // as received
  std::string_view path;            // decoded and normalized by the server
  std::string_view query;           // raw
  std::string_view client_address;  // after the server's own trusted-proxy rules
  std::string_view body;
  std::vector<std::pair<std::string_view, std::string_view>> headers;

  // The first header of this name, in any case; none: it is not there.
  std::optional<std::string_view> header(std::string_view lower_case_name) const;
  bool is_safe() const {
    return method == "GET" || method == "HEAD";
  }  // RFC 9110 9.2.1, of the methods used here
};

// What the client says of its body (RFC 9110 8.6), in bytes; 0: nothing, or it is no number.
std::uint64_t content_length(const Request& request);

bool same_ignoring_case(std::string_view a, std::string_view b);  // ASCII

}  // namespace doorward::http
