#include "base/ids.hpp"

#include <array>
#include <cstdint>

namespace doorward {

std::string make_uuid(Time now, Random& random) {
  std::array<std::byte, 16> bytes;
  random.fill(bytes);
  const auto milliseconds = static_cast<std::uint64_t>(to_microseconds(now) / 1000);
  for (std::size_t i = 0; i < 6; ++i) bytes[i] = static_cast<std::byte>(milliseconds >> (40 - 8 * i));
  bytes[6] = (bytes[6] & std::byte{0x0f}) | std::byte{0x70};
  bytes[8] = (bytes[8] & std::byte{0x3f}) | std::byte{0x80};

  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  out.reserve(36);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out += digits[std::to_integer<unsigned>(bytes[i]) >> 4];
    out += digits[std::to_integer<unsigned>(bytes[i]) & 0x0f];
  }
  return out;
}

}  // namespace doorward
