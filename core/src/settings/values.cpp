#include "settings/values.hpp"

#include <array>
#include <charconv>

namespace doorward::settings {

namespace {

struct Unit {
  std::string_view name;
  std::int64_t factor;
};
constexpr std::array<Unit, 5> time_units{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};
constexpr std::array<Unit, 3> size_units{{{"GiB", 1024 * 1024}, {"MiB", 1024}, {"KiB", 1}}};
constexpr std::int64_t most_milliseconds = 100LL * 365 * 86'400'000;
constexpr std::int64_t most_kib = 1LL << 40;

std::optional<std::int64_t> whole(std::string_view digits, std::int64_t most) {
  if (digits.empty() || digits.size() > 15 || (digits.size() > 1 && digits[0] == '0')) return std::nullopt;
  std::int64_t number = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number <= most ? std::optional(number) : std::nullopt;
}

template <std::size_t N>
std::optional<std::int64_t> measured(std::string_view text, const std::array<Unit, N>& units,
                                     std::int64_t most, bool space) {
  std::size_t digits = text.find_first_not_of("0123456789");
  if (digits == std::string_view::npos) digits = text.size();
  const std::string_view number = text.substr(0, digits);
  if (space && digits < text.size() && text[digits] == ' ') ++digits;
  for (const Unit& unit : units)
    if (text.substr(digits) == unit.name)
      if (const auto amount = whole(number, most / unit.factor)) return *amount * unit.factor;
  return std::nullopt;
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const auto amount = measured(text, time_units, most_milliseconds, false);
  return amount ? std::optional(std::chrono::milliseconds(*amount)) : std::nullopt;
}

std::string format_duration(std::chrono::milliseconds duration) {
  const std::int64_t amount = duration.count();
  if (amount == 0) return "0s";
  for (const Unit& unit : time_units)
    if (amount % unit.factor == 0) return std::to_string(amount / unit.factor) + std::string(unit.name);
  return std::to_string(amount) + "ms";
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  const auto amount = measured(text, size_units, most_kib, true);
  return amount ? std::optional(static_cast<std::uint64_t>(*amount)) : std::nullopt;
}

std::string format_size(std::uint64_t kib) {
  for (const Unit& unit : size_units)
    if (kib != 0 && kib % static_cast<std::uint64_t>(unit.factor) == 0)
      return std::to_string(kib / static_cast<std::uint64_t>(unit.factor)) + " " + std::string(unit.name);
  return std::to_string(kib) + " KiB";
}

std::optional<std::uint32_t> parse_count(std::string_view text) {
  const auto number = whole(text, 0xffff'ffffLL);
  return number ? std::optional(static_cast<std::uint32_t>(*number)) : std::nullopt;
}

}  // namespace doorward::settings
