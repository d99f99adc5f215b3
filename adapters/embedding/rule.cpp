#include "embedding/rule.hpp"

#include <algorithm>
#include <charconv>

namespace doorward::embedding {

bool is_role(std::string_view role) noexcept {
  return !role.empty() && std::none_of(role.begin(), role.end(),
                                       [](char c) { return c <= ' ' || c == ',' || c == '"' || c == 0x7f; });
}

std::optional<std::uint32_t> parse_fresh(std::string_view text) noexcept {
  std::uint32_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const std::uint32_t factor = unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : 0;
  if (fault != std::errc() || factor == 0 || number == 0 || number > 86400 / factor) {
    return std::nullopt;
  }
  return number * factor;
}

std::optional<std::uint32_t> parse_level(std::string_view text) noexcept {
  if (text == "1") {
    return 1;
  }
  return text == "2" ? std::optional<std::uint32_t>(2) : std::nullopt;
}

}  // namespace doorward::embedding
