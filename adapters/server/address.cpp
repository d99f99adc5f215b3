#include "server/address.hpp"

#include <array>
#include <charconv>
#include <stdexcept>

#include "server/target.hpp"

namespace doorward::server {

namespace ip = boost::asio::ip;

namespace {

ip::tcp::endpoint parse_endpoint(std::string_view text, const std::string& sentence) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) throw std::invalid_argument(sentence);
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  const bool brackets = host.starts_with('[') && host.ends_with(']');
  if (brackets) host = host.substr(1, host.size() - 2);
  std::uint16_t number = 0;
  const auto [end, fault] = std::from_chars(port.data(), port.data() + port.size(), number);
  boost::system::error_code failed;
  const ip::address address = ip::make_address(std::string(host), failed);
  if (failed || address.is_v6() != brackets || fault != std::errc() || port.empty() ||
      end != port.data() + port.size())
    throw std::invalid_argument(sentence);
  return {address, number};
}

std::array<unsigned char, 16> bytes_of(const ip::address& address) {
  std::array<unsigned char, 16> bytes{};
  if (address.is_v4()) {
    const auto four = address.to_v4().to_bytes();
    std::copy(four.begin(), four.end(), bytes.begin());
  } else {
    bytes = address.to_v6().to_bytes();
  }
  return bytes;
}

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

}  // namespace

ip::tcp::endpoint parse_listen(std::string_view text) {
  return parse_endpoint(text,
                        "--listen takes an address and a port, such as 127.0.0.1:8080 or [::1]:8080, not \"" +
                            std::string(text) + "\"");
}

Upstream parse_upstream(std::string_view text) {
  const std::string sentence =
      "--upstream takes an address and a port, such as http://127.0.0.1:3000 or "
      "/app=http://127.0.0.1:3000, not \"" +
      std::string(text) + "\"";
  constexpr std::string_view scheme = "http://";
  Upstream upstream;
  if (const std::size_t equals = text.find('='); text.starts_with('/') && equals != std::string_view::npos) {
    auto place = parse_place(text.substr(0, equals));
    if (!place) throw std::invalid_argument(sentence);
    upstream.place = std::move(*place);
    text.remove_prefix(equals + 1);
  }
  if (!text.starts_with(scheme)) throw std::invalid_argument(sentence);
  text.remove_prefix(scheme.size());
  if (text.ends_with('/')) text.remove_suffix(1);
  upstream.endpoint = parse_endpoint(text, sentence);
  if (upstream.endpoint.port() == 0) throw std::invalid_argument(sentence);
  return upstream;
}

Networks::Networks(const std::vector<std::string>& blocks) {
  for (const std::string& block : blocks) {
    const std::size_t slash = block.find('/');
    const ip::address address = ip::make_address(block.substr(0, slash));
    const unsigned most = address.is_v4() ? 32 : 128;
    blocks_.push_back({address, slash == std::string::npos
                                    ? most
                                    : static_cast<unsigned>(std::stoul(block.substr(slash + 1)))});
  }
}

bool Networks::contain(const ip::address& address) const {
  const ip::address asked = plain(address);
  const auto bytes = bytes_of(asked);
  for (const Block& block : blocks_) {
    if (block.address.is_v4() != asked.is_v4()) continue;
    const auto wanted = bytes_of(block.address);
    bool same = true;
    for (unsigned bit = 0; same && bit < block.bits; ++bit) {
      const unsigned shift = 7 - bit % 8;
      same = (bytes[bit / 8] >> shift & 1U) == (wanted[bit / 8] >> shift & 1U);
    }
    if (same) return true;
  }
  return false;
}

ip::address client_address(ip::address peer, std::string_view forwarded, const Networks& trusted) {
  peer = plain(peer);
  while (trusted.contain(peer) && !forwarded.empty()) {
    const std::size_t comma = forwarded.rfind(',');
    const std::string_view last =
        trim(comma == std::string_view::npos ? forwarded : forwarded.substr(comma + 1));
    forwarded = comma == std::string_view::npos ? std::string_view() : forwarded.substr(0, comma);
    boost::system::error_code failed;
    const ip::address before = ip::make_address(std::string(last), failed);
    if (failed) break;  // what a trusted proxy can't name, nobody knows
    peer = plain(before);
  }
  return peer;
}

ip::address plain(const ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return ip::make_address_v4(ip::v4_mapped, address.to_v6());
  return address;
}

}  // namespace doorward::server
