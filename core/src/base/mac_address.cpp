#include "base/mac_address.hpp"

#include <vector>

#include "base/text.hpp"

namespace doorward {
namespace {

constexpr std::string_view digits = "0123456789abcdef";
constexpr std::string_view signs = ":-.";

// The groups between the signs; empty where two signs differ.
std::vector<std::string> groups_of(const std::string& text) {
  std::vector<std::string> groups(1);
  char sign = 0;
  for (const char c : text) {
    if (signs.find(c) == std::string_view::npos) {
      groups.back().push_back(c);
      continue;
    }
    if (sign != 0 && c != sign) return {};
    sign = c;
    groups.emplace_back();
  }
  if (sign == ':' && groups.size() == 6) {
    for (std::string& group : groups) {
      if (group.size() == 1) group.insert(0, 1, '0');
    }
  }
  return groups;
}

// The twelve digits; empty: they aren't twelve, or unevenly grouped.
std::string digits_of(const std::string& text) {
  const auto groups = groups_of(text);
  const std::size_t count = groups.size();
  if (count != 1 && count != 2 && count != 3 && count != 6) return {};
  std::string all;
  for (const std::string& group : groups) {
    if (group.size() != 12 / count || group.find_first_not_of(digits) != std::string::npos) return {};
    all += group;
  }
  return all;
}

}  // namespace

std::optional<MacAddress> parse_mac_address(std::string_view text) {
  constexpr std::size_t longest = 64;  // with white space around it
  if (text.size() > longest) return std::nullopt;
  const std::string all = digits_of(ascii_lower(trim(text)));
  if (all.empty()) return std::nullopt;
  MacAddress address{};
  for (std::size_t i = 0; i < address.size(); ++i)
    address[i] = static_cast<std::uint8_t>(digits.find(all[2 * i]) * 16 + digits.find(all[2 * i + 1]));
  return address;
}

std::string to_text(const MacAddress& address, std::string_view format) {
  const char sign = format == "hyphen" ? '-' : format == "dot" ? '.' : ':';
  const std::size_t group = sign == '.' ? 2 : 1;
  std::string text;
  for (std::size_t i = 0; i < address.size(); ++i) {
    if (i > 0 && i % group == 0) text += sign;
    text += digits[address[i] / 16];
    text += digits[address[i] % 16];
  }
  return text;
}

}  // namespace doorward
