// The network a client counts as.
#include <gtest/gtest.h>

#include "http/limiter.hpp"

namespace doorward::http {
namespace {

TEST(Blocks, AreA24OrA64) {
  EXPECT_EQ(address_block("192.0.2.1"), address_block("192.0.2.255"));
  EXPECT_NE(address_block("192.0.2.1"), address_block("192.0.3.1"));
  EXPECT_EQ(address_block("2001:db8:1:2::1"), address_block("2001:db8:1:2:ffff:ffff:ffff:ffff"));
  EXPECT_NE(address_block("2001:db8:1:2::1"), address_block("2001:db8:1:3::1"));
  EXPECT_EQ(address_block("2001:DB8:1:2:0::7"), address_block("2001:db8:1:2::1"));
}

TEST(Blocks, OfMappedAddressesAreTheirIpv4s) {
  EXPECT_EQ(address_block("::ffff:192.0.2.1"), address_block("192.0.2.77"));
  EXPECT_EQ(address_block("::FFFF:c000:0201"), address_block("192.0.2.77"));
  EXPECT_NE(address_block("::ffff:192.0.2.1"), address_block("::ffff:192.0.3.1"));
  EXPECT_NE(address_block("::1"), address_block("0.0.0.1"));
}

TEST(Blocks, OfWhatIsNoAddressAreOne) {
  for (const char* text :
       {"", "unix:", "192.0.2", "192.0.2.256", "192.0.2.1 ", "0x7f.1", "fe80::1%eth0", "example.org"}) {
    EXPECT_EQ(address_block(text), address_block("unix:")) << text;
  }
}

TEST(Networks, HoldTheirAddresses) {
  EXPECT_TRUE(address_in("192.0.2.7", "192.0.2.0/24"));
  EXPECT_TRUE(address_in("192.0.2.7", "192.0.2.99/24"));
  EXPECT_FALSE(address_in("192.0.3.7", "192.0.2.0/24"));
  EXPECT_TRUE(address_in("192.0.2.129", "192.0.2.128/25"));
  EXPECT_FALSE(address_in("192.0.2.127", "192.0.2.128/25"));
  EXPECT_TRUE(address_in("203.0.113.9", "0.0.0.0/0"));
  EXPECT_FALSE(address_in("2001:db8::1", "0.0.0.0/0")) << "all of IPv4, not everything";
  EXPECT_TRUE(address_in("::1", "::1"));
  EXPECT_FALSE(address_in("::2", "::1"));
  EXPECT_TRUE(address_in("2001:db8:ffff::1", "2001:db8::/32"));
  EXPECT_TRUE(address_in("::ffff:192.0.2.7", "192.0.2.0/24"));
}

TEST(Networks, ThatAreNoneHoldNobody) {
  for (const char* block :
       {"", "/", "192.0.2.0/", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/ 8", "192.0.2.0/8x",
        "2001:db8::/129", "2001:db8::/4294967296", "192.0.2.0/24/8", "all"}) {
    EXPECT_FALSE(address_in("192.0.2.7", block)) << block;
    EXPECT_FALSE(address_in("2001:db8::1", block)) << block;
  }
  EXPECT_FALSE(address_in("unix:", "0.0.0.0/0"));
}

}  // namespace
}  // namespace doorward::http
