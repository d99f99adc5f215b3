// Addresses: where to listen, where the application is, and who is really asking behind trusted proxies.
#pragma once
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::server {

// "127.0.0.1:8080", "[::1]:8080". Throws std::invalid_argument with a sentence.
boost::asio::ip::tcp::endpoint parse_listen(std::string_view text);

// "http://127.0.0.1:3000" for the whole site, "/app=http://[::1]:3000" for a place and all below it: an address and no
// name, since a name may lead elsewhere tomorrow. Throws std::invalid_argument with a sentence.
struct Upstream {
  std::string place;
  boost::asio::ip::tcp::endpoint endpoint;
};
Upstream parse_upstream(std::string_view text);

class Networks {
 public:
  Networks() = default;
  explicit Networks(const std::vector<std::string>& blocks);  // as the settings have checked them
  bool contain(const boost::asio::ip::address& address) const;

 private:
  struct Block {
    boost::asio::ip::address address;
    unsigned bits;
  };
  std::vector<Block> blocks_;
};

// The client's address: of the connection, or, where that is a trusted proxy, the last one in X-Forwarded-For
// (`forwarded`, all of its headers in order, joined by ",") that isn't one.
boost::asio::ip::address client_address(boost::asio::ip::address peer, std::string_view forwarded,
                                        const Networks& trusted);

// IPv4 in IPv6's clothes is IPv4.
boost::asio::ip::address plain(const boost::asio::ip::address& address);

}  // namespace doorward::server
