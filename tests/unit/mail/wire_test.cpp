#include "mail/wire.hpp"

#include <gtest/gtest.h>

namespace doorward::mail {
namespace {

TEST(Wire, ANameStaysOneLine) {
  EXPECT_EQ(one_line("Ada Lovelace"), "Ada Lovelace");
  EXPECT_EQ(one_line("X\r\nBcc: evil@example.com"), "X  Bcc: evil@example.com");
  EXPECT_EQ(one_line(" \t a \n"), "a");
  EXPECT_EQ(one_line("a\xe2\x80\xa8"
                     "b\xc2\x85"
                     "c\xe2\x80\xae"
                     "d"),
            "a b c d");  // U+2028, U+0085, U+202E
  EXPECT_EQ(one_line("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb \xc3\xa4"),
            "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb \xc3\xa4");
  EXPECT_EQ(one_line("\xff"), "");
  EXPECT_EQ(one_line(std::string_view("a\0b", 3)), "a b");
}

TEST(Wire, ATextKeepsItsLinesAndNothingElseThatMovesACursor) {
  EXPECT_EQ(lines("a\r\nb\n\tc"), "a\nb\n\tc");
  EXPECT_EQ(lines("a\rb\x1b[2Jc"), "a b [2Jc");
  EXPECT_EQ(lines("\xff"), "");
}

TEST(Wire, ADomainTravelsAsALabels) {
  EXPECT_EQ(wire_address("ada@B\xc3\xbc"
                         "cher.Example"),
            "ada@xn--bcher-kva.example");
  EXPECT_EQ(wire_address("Ada@example.net"), "Ada@example.net");
  EXPECT_EQ(wire_address("ada"), std::nullopt);
  EXPECT_EQ(wire_address("ada@"), std::nullopt);
}

TEST(Wire, AMessageIdHasTheHostWithoutItsPort) {
  EXPECT_EQ(message_id("1", "example.org"), "<1@example.org>");
  EXPECT_EQ(message_id("1", "example.org:8443"), "<1@example.org>");
  EXPECT_EQ(message_id("1", "[::1]:8443"), "<1@[::1]>");
  EXPECT_EQ(message_id("1", "[::1]"), "<1@[::1]>");
}

}  // namespace
}  // namespace doorward::mail
