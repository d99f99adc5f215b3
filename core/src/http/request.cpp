#include "http/request.hpp"

#include <algorithm>
#include <charconv>

namespace doorward::http {
namespace {
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
}  // namespace

bool same_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<std::string_view> Request::header(std::string_view lower_case_name) const {
  for (const auto& [name, value] : headers) {
    if (same_ignoring_case(name, lower_case_name)) return value;
  }
  return std::nullopt;
}

std::uint64_t content_length(const Request& request) {
  const std::string_view said = request.header("content-length").value_or(std::string_view());
  std::uint64_t length = 0;
  const auto read = std::from_chars(said.data(), said.data() + said.size(), length);
  return read.ec == std::errc() && read.ptr == said.data() + said.size() ? length : 0;
}

}  // namespace doorward::http
