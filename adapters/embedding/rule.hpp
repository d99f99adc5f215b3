// What administrators write behind `doorward required` and `Require doorward-...`, wherever their server lets them.
#pragma once
#include <doorward/host.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace doorward::embedding {

// Whoever is signed in.
inline constexpr doorward_rule somebody{sizeof(doorward_rule), 1, 0, {nullptr, 0}, 0};

// A role that a rule may ask for: a name without spaces, commas, quotes and control characters.
bool is_role(std::string_view role) noexcept;

// "90s", "15m", "1h": above zero, a day at most. In seconds; none: something else.
std::optional<std::uint32_t> parse_fresh(std::string_view text) noexcept;

// "1": any sign-in, "2": with two factors. None: something else.
std::optional<std::uint32_t> parse_level(std::string_view text) noexcept;

}  // namespace doorward::embedding
