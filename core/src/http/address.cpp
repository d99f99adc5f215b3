#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "http/limiter.hpp"

namespace doorward::http {
namespace {

struct Address {
  std::array<unsigned char, 16> bytes;  // IPv4 as ::ffff:a.b.c.d
  bool v4;
};

std::optional<Address> parse(std::string_view text) {
  const std::string owned(text);
  Address address{};
  if (::inet_pton(AF_INET, owned.c_str(), &address.bytes[12]) == 1) {
    address.bytes[10] = address.bytes[11] = 0xff;
    address.v4 = true;
    return address;
  }
  if (::inet_pton(AF_INET6, owned.c_str(), address.bytes.data()) != 1) return std::nullopt;
  static constexpr std::array<unsigned char, 12> mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  address.v4 = std::equal(mapped.begin(), mapped.end(), address.bytes.begin());
  return address;
}

void keep_bits(Address& address, unsigned bits) {
  for (unsigned i = 0; i < 16; ++i) {
    const unsigned kept = bits > i * 8 ? std::min(bits - i * 8, 8U) : 0;
    address.bytes[i] = static_cast<unsigned char>(address.bytes[i] & (0xff00U >> kept));
  }
}

}  // namespace

std::string address_block(std::string_view text) {
  auto address = parse(text);
  if (!address) return "unknown";  // a unix socket, say: all of them are one block
  keep_bits(*address, address->v4 ? 96 + 24 : 64);
  return std::string(address->bytes.begin(), address->bytes.end());
}

bool address_in(std::string_view text, std::string_view block) {
  auto address = parse(text);
  const std::size_t slash = block.find('/');
  auto network = parse(block.substr(0, slash));
  if (!address || !network) return false;
  unsigned bits = 128;
  if (slash != std::string_view::npos) {
    const std::string_view length = block.substr(slash + 1);
    const auto parsed = std::from_chars(length.data(), length.data() + length.size(), bits);
    if (parsed.ec != std::errc() || parsed.ptr != length.data() + length.size()) return false;
    if (network->v4) bits += 96;
    if (bits > 128) return false;
  }
  keep_bits(*address, bits);
  keep_bits(*network, bits);
  return address->bytes == network->bytes;
}

}  // namespace doorward::http
