#include "pages/style_sheet.hpp"

#include <gtest/gtest.h>

namespace doorward::pages {
namespace {

TEST(StyleSheet, LosesCommentsAndWhiteSpaceThatMeansNothing) {
  EXPECT_EQ(
      squeezed_style_sheet("/* a */\n.a > .b ,\n.c {\n  color: red;\n\n  margin: 0  1px ; /* b */\n}\n"),
      ".a>.b,.c{color:red;margin:0 1px}");
  EXPECT_EQ(squeezed_style_sheet(""), "");
  EXPECT_EQ(squeezed_style_sheet(" \n"), "");
}

TEST(StyleSheet, KeepsWhiteSpaceThatMeansSomething) {
  EXPECT_EQ(squeezed_style_sheet(".a /* b */ .c{width:calc(1px + 2px)}"), ".a .c{width:calc(1px + 2px)}");
  EXPECT_EQ(squeezed_style_sheet("@media (width > 40rem) and print{}"), "@media (width>40rem) and print{}");
  EXPECT_EQ(squeezed_style_sheet(".a :hover{x: :y}"), ".a :hover{x::y}");
}

TEST(StyleSheet, KeepsTokensApartThatOnlyACommentSeparates) {
  EXPECT_EQ(squeezed_style_sheet(".a/* */.b{margin:1px/*x*/2px}"), ".a/**/.b{margin:1px/**/2px}");
}

TEST(StyleSheet, KeepsStringsEscapesAndAddresses) {
  for (const char* kept :
       {"a{content:\"a  /* b */  \\\"  ; c\"}", "a{content:'  \"  {  '}", ".\\31  a{x:y}", ".a\\  b{x:y}",
        ".a\\: b{x:y}", ".a\\, b{x:y}", "a{b:c\\;}", "a{background:url(https://x/*y  ,  z)}"})
    EXPECT_EQ(squeezed_style_sheet(kept), kept);
  EXPECT_EQ(squeezed_style_sheet("a{b:url( \"x  y\" ) /* c */ d}"), "a{b:url( \"x  y\" ) d}");
}

TEST(StyleSheet, EndsWhereTheSheetEnds) {
  for (const char* open : {"a{b:\"c", "a\\", "a{b:\"\\", "a{b:url(x", "a{b:url(", "a{b:\"c\\\""})
    EXPECT_EQ(squeezed_style_sheet(open), open);
  EXPECT_EQ(squeezed_style_sheet("a{/*"), "a{");
  EXPECT_EQ(squeezed_style_sheet("a{/*/"), "a{");
}

}  // namespace
}  // namespace doorward::pages
