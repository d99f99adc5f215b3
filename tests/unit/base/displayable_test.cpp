// Names that show what they are made of, in the scripts that people have (SECURITY T181).
#include "base/displayable.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace doorward {
namespace {

using namespace std::string_view_literals;

TEST(Displayable, AreNamesOfThisWorld) {
  for (const auto name : {
           "Ada Lovelace"sv, "Zo\u00eb d\u2019Arc-Smith, Jr."sv,
           "\u0646\u0631\u06af\u0633\u200c\u062e\u0627\u062a\u0648\u0646"sv,  // Persian, with a non-joiner
           "\u0639\u064e\u0644\u0650\u064a\u200c\u0646\u0698\u0627\u062f"sv,  // and vowel signs
           "\u0d2e\u0d4b\u0d39\u0d28\u0d4d\u200d"sv,                          // Malayalam, ending in a joiner
           "\u0d2e\u0d4b\u0d39\u0d28\u0d4d\u200d \u0d32\u0d3e\u0d32\u0d4d\u200d"sv,  // and two words so
           "\u0dc1\u0dca\u200d\u0dbb\u0dd3"sv,                                       // Sinhala: Sri
           "\u0995\u09cd\u200c\u09b7"sv,                                             // Bengali
           "\u09b0\u200d\u09cd\u09af\u09be\u09ae"sv,  // and a joiner before the virama
           "\u0915\u094d\u200d\u0937\u092e\u093e"sv,  // Devanagari
           "\u845b\U000e0100\u98fe"sv,                // Japanese, the writer's own form
           "\u5c71\u7530\u3000\u592a\u90ce"sv,        // a wide space
           "Nguy\u1ec5n Th\u1ecb"sv,
           "\u05e9\u05bc\u05c1\u05b8\u05dc\u05d5\u05b9\u05dd"sv,  // Hebrew with points
           "\U0001f468\u200d\U0001f469\u200d\U0001f467"sv,        // a family
           "\U0001f469\U0001f3fd\u200d\U0001f680"sv,              // an astronaut
           "\u2764\ufe0f\u200d\U0001f525 \u0031\ufe0f\u20e3"sv,   // a heart on fire, a key cap
           "\U0001f1e9\U0001f1ea"sv,
           "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"sv  // Scotland
       }) {
    EXPECT_TRUE(is_displayable(name)) << name;
    EXPECT_EQ(nfc(name).has_value(), true);
    EXPECT_TRUE(is_displayable(*nfc(name))) << name;
  }
}

TEST(Displayable, IsNothingThatHidesOrTurnsRound) {
  for (const auto name : {"Ada\u202eecalevoL"sv,
                          "\u202aAda"sv,
                          "Ada\u202c"sv,
                          "\u2066Ada\u2069"sv,
                          "Ada\u200e"sv,
                          "\u200fAda"sv,
                          "\u061cAda"sv,
                          "Ad\u200ba"sv,
                          "Ad\u2060a"sv,
                          "\ufeffAda"sv,
                          "Ad\u00ada"sv,
                          "Ad\u180ea"sv,
                          "Ad\u034fa"sv,
                          "Ad\u2061a"sv,
                          "A\u17b4"sv,
                          "Ad\u206aa"sv,
                          "\u3164"sv,
                          "\uffa0"sv,
                          "\u115f\u1160"sv,
                          "\u2800"sv,
                          "\u17b4"sv,
                          "Ada\U000e0041"sv,
                          "\U000e0001Ada"sv,
                          "\U0001f3f4\U000e0067\U000e0062"sv,
                          "\U0001f3f4\U000e007f"sv,
                          "A\U000e0067\U000e0062\U000e0073\U000e007f"sv,
                          "\ufff9Ada\ufffa"sv,
                          "\ufffc"sv,
                          "\ufffd"sv,
                          "\ue000"sv,
                          "\U000f0000"sv,
                          "\U0010fffd"sv,
                          "\ufdd0"sv,
                          "\uffff"sv,
                          "\U0001ffff"sv,
                          "a\nb"sv,
                          "a\tb"sv,
                          "a\0b"sv,
                          "\x7f"sv,
                          "\u0085"sv,
                          "\u2028"sv,
                          "\u2029"sv,
                          "\xed\xa0\x80"sv,
                          "\xff"sv}) {
    EXPECT_FALSE(is_displayable(name)) << escape_line(name);
  }
}

TEST(Displayable, AreJoinersOnlyWhereTheyJoin) {
  for (const auto name : {"\u200d"sv, "\u200c"sv, "Ada\u200d"sv, "A\u200dda"sv, "A\u200cda"sv, "\u200cAda"sv,
                          "\u0646\u200c"sv,              // at the end
                          "\u0646\u200c\u200c\u0633"sv,  // twice
                          "\u0646\u200d\u200c\u0633"sv,
                          "\u0646\u200c \u0633"sv,  // before a space
                          "\u0646\u200ca"sv,        // between scripts
                          "\u0915\u094d\u200d\u200d\u0937"sv, "\U0001f468\u200c\U0001f469"sv,
                          "\U0001f468\u200d"sv, "\U0001f468\u200dA"sv, "\u5c71\u200d\u7530"sv}) {
    EXPECT_FALSE(is_displayable(name)) << escape_line(name);
  }
}

TEST(Displayable, AreMarksOnlyOnWhatTheyBelongTo) {
  EXPECT_FALSE(is_displayable("\u0301Ada")) << "on what stands before the name";
  EXPECT_FALSE(is_displayable("Ada \u0301"));
  EXPECT_FALSE(is_displayable("\ufe0fAda"));
  EXPECT_FALSE(is_displayable("A\ufe0f\ufe0f"));
  std::string heap = "Z";
  for (int i = 0; i < 6; ++i) heap += "\u0335";
  EXPECT_TRUE(is_displayable(heap));
  EXPECT_FALSE(is_displayable(heap + "\u0335"));
}

TEST(Spaces, OfAnyWidthAreTakenFromTheEnds) {
  EXPECT_EQ(trim_spaces(" \u00a0\u3000Ada \u2003Lovelace\u202f \t"), "Ada \u2003Lovelace");
  EXPECT_EQ(trim_spaces("\u00a0 \u3000"), "");
  EXPECT_EQ(trim_spaces(""), "");
}

}  // namespace
}  // namespace doorward
