// An Ethernet address (IEEE 802, EUI-48), read in any usual spelling and written in the one that is wanted.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace doorward {

using MacAddress = std::array<std::uint8_t, 6>;

// Twelve hexadecimal digits in either case: together, or in groups of two, four or six between which stands the same sign, one
// of ":", "-", "."; where that is ":", of groups of two the leading 0 may be missing ("0:1b:63:84:45:e6"). None: it is no such address.
std::optional<MacAddress> parse_mac_address(std::string_view text);

// `format`: "colon" (00:1b:63:84:45:e6), "hyphen" (00-1b-63-84-45-e6), "dot" (001b.6384.45e6); colon for any other.
std::string to_text(const MacAddress& address, std::string_view format);

}  // namespace doorward
