#include "base/mac_address.hpp"

#include <gtest/gtest.h>

namespace doorward {
namespace {

TEST(MacAddress, AreReadInAnyUsualSpelling) {
  for (const char* text :
       {"00:1b:63:84:45:e6", "00:1B:63:84:45:E6", "00-1b-63-84-45-e6", "001b.6384.45e6", "001B638445E6",
        "001b:6384:45e6", "001b63-8445e6", "0:1b:63:84:45:e6", "  00:1b:63:84:45:e6\n"}) {
    const auto address = parse_mac_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(to_text(*address, "colon"), "00:1b:63:84:45:e6") << text;
  }
}

TEST(MacAddress, AreWrittenAsWanted) {
  const MacAddress address{0x00, 0x1b, 0x63, 0x84, 0x45, 0xe6};
  EXPECT_EQ(to_text(address, "colon"), "00:1b:63:84:45:e6");
  EXPECT_EQ(to_text(address, "hyphen"), "00-1b-63-84-45-e6");
  EXPECT_EQ(to_text(address, "dot"), "001b.6384.45e6");
  EXPECT_EQ(to_text(address, ""), "00:1b:63:84:45:e6");
  EXPECT_EQ(to_text({255, 255, 255, 255, 255, 255}, "dot"), "ffff.ffff.ffff");
}

TEST(MacAddress, WhatIsNoneIsRefused) {
  for (const std::string& text : {std::string(),
                                  std::string(":"),
                                  std::string(":::::"),
                                  std::string("00:1b:63:84:45"),
                                  std::string("00:1b:63:84:45:e6:00"),
                                  std::string("00:1b:63:84:45:g6"),
                                  std::string("00:1b-63:84-45:e6"),
                                  std::string("00:1b:63:84:45:"),
                                  std::string(":00:1b:63:84:45:e6"),
                                  std::string("00::1b:63:84:45:e6"),
                                  std::string("001b.6384.45e"),
                                  std::string("01b.6384.45e6"),
                                  std::string("0-1b-63-84-45-e6"),
                                  std::string("001:b63:844:5e6"),
                                  std::string("001b638445e"),
                                  std::string("001b638445e60"),
                                  std::string("001b6384.45e6"),
                                  std::string("0x001b638445"),
                                  std::string("00 1b 63 84 45 e6"),
                                  std::string("00:1b:63:84:45:e6 x"),
                                  std::string("00:1b:63:84:45:\0e", 17),
                                  std::string("+0:1b:63:84:45:e6"),
                                  std::string("００:1b:63:84:45:e6"),
                                  std::string(1000000, ':'),
                                  std::string(1000000, 'a')}) {
    EXPECT_FALSE(parse_mac_address(text)) << text.substr(0, 40);
  }
}

}  // namespace
}  // namespace doorward
