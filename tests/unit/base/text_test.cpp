// Unicode where it can deceive: domains, normalization, characters that don't show.
#include "base/text.hpp"

#include <gtest/gtest.h>

namespace doorward {
namespace {

TEST(Utf8, NothingElseIsTaken) {
  EXPECT_TRUE(is_utf8("Zo\u00eb \U0001F600"));
  for (const char* bad :
       {"\xff", "\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\x80"}) {
    EXPECT_FALSE(is_utf8(bad)) << escape_line(bad);
    EXPECT_TRUE(has_control(bad)) << "what isn't text isn't clean: " << escape_line(bad);
    EXPECT_FALSE(nfc(bad));
    EXPECT_FALSE(nfkc_casefold(bad));
  }
}

TEST(Controls, AreFoundHoweverTheyAreWritten) {
  using namespace std::string_view_literals;
  for (const auto text : {"a\0b"sv, "\t"sv, "\x7f"sv, "\u0085"sv, "\u009f"sv, "\u2028"sv, "\u2029"sv,
                          "\u202e"sv, "\u2066"sv, "\u200e"sv, "\u061c"sv, "\ufeff"sv}) {
    EXPECT_TRUE(has_control(text)) << escape_line(text);
  }
  EXPECT_FALSE(has_control("Zo\u00eb d\u2019Arc \u05d0\u05d1 \U0001F468\u200D\U0001F469"));
}

TEST(Initials, AreLettersOfTheFirstAndTheLastWord) {
  EXPECT_EQ(initials("Ada"), "A");
  EXPECT_EQ(initials("Ada Lovelace"), "AL");
  EXPECT_EQ(initials("Wilhelmine Auguste von und zu Hohenlohe"), "WH");
  EXPECT_EQ(initials("\u00c9mile Zola"), "\u00c9Z");
  EXPECT_EQ(initials("E\u0301mile"), "E\u0301") << "with its accent";
  EXPECT_EQ(initials("Mira \"the Owl\" Lindqvist"), "ML");
  EXPECT_EQ(initials("\u201eMira\u201c (she)"), "Ms");
  EXPECT_EQ(initials("\u5c71\u7530 \u592a\u90ce"), "\u5c71\u592a");
  EXPECT_EQ(initials("007 & sons"), "0s");
  for (const char* none : {"", " ", "\U0001F600 !", "-"}) EXPECT_EQ(initials(none), "") << none;
}

TEST(CodePoints, AreCountedNotBytes) {
  EXPECT_EQ(code_points(""), 0U);
  EXPECT_EQ(code_points("abc"), 3U);
  EXPECT_EQ(code_points("\U0001F600\U0001F601\u00eb"), 3U);
}

TEST(Normalization, TwoSpellingsOfOneTextAreOne) {
  EXPECT_EQ(nfc("Zoe\u0308"), nfc("Zo\u00eb"));
  EXPECT_EQ(nfc("Zo\u00eb"), "Zo\u00eb");
  EXPECT_EQ(nfc(" \uff21 "), " \uff21 ") << "OpaqueString keeps width, case and spaces";
  EXPECT_EQ(nfkc_casefold("\uff21da STRASSE \u212a"), nfkc_casefold("ada stra\u00dfe k"));
}

TEST(Domains, AreComparedAsALabels) {
  EXPECT_EQ(domain_to_ascii("B\u00dcCHER.Example"), "xn--bcher-kva.example");
  EXPECT_EQ(domain_to_ascii("b\u00fccher\u3002example"), "xn--bcher-kva.example")
      << "the ideographic full stop";
  EXPECT_EQ(domain_to_ascii("example.org."), "example.org");
  EXPECT_EQ(domain_to_ascii("example.org\u3002"), "example.org");
  EXPECT_FALSE(domain_to_ascii("example.org.."));
  EXPECT_FALSE(domain_to_ascii("example.org.\u3002"));
  EXPECT_EQ(domain_to_ascii("EXAMPLE.org"), "example.org");
  EXPECT_EQ(domain_to_ascii("fa\u00df.example"), "xn--fa-hia.example") << "nontransitional: not fass.example";
  EXPECT_EQ(domain_to_ascii("\u0430pple.example"), "xn--pple-43d.example") << "a Cyrillic a shows itself";
}

TEST(Domains, WhatIsNoneIsRefused) {
  using namespace std::string_view_literals;
  const std::string label64(64, 'a');
  for (const auto text :
       {""sv, "."sv, ".."sv, "a..b"sv, ".a"sv, "-a.example"sv, "a-.example"sv, "a b.example"sv,
        "a_b.example"sv, "[127.0.0.1]"sv, "a@b"sv, "a/b"sv, "xn--a"sv, "xn--\u00fc"sv, "a\0b.example"sv,
        "a\xff.example"sv, "\u200b"sv, "a\u202eb.example"sv, std::string_view(label64)}) {
    EXPECT_FALSE(domain_to_ascii(text)) << escape_line(text);
  }
  std::string longest;
  for (int i = 0; i < 4; ++i) longest += std::string(62, 'a') + ".";
  EXPECT_TRUE(domain_to_ascii(longest + "a"));    // 253
  EXPECT_FALSE(domain_to_ascii(longest + "aa"));  // 254
}

TEST(Lines, StayOneLine) {
  EXPECT_EQ(escape_line("a\nb\x1b[31m\r\x7f Zo\u00eb"), "a\\nb\\x1b[31m\\x0d\\x7f Zo\u00eb");
}

TEST(Trimming, TakesAsciiSpaceOnly) {
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim(" \v\f "), "");
  EXPECT_EQ(trim("\u00a0a"), "\u00a0a");
}

}  // namespace
}  // namespace doorward
