#include "pages/plural.hpp"

#include <gtest/gtest.h>

namespace doorward::pages {
namespace {

std::string forms_of(const char* header, std::initializer_list<std::uint64_t> numbers) {
  const auto rule = PluralRule::parse(header);
  if (!rule) return "refused";
  std::string forms;
  for (const auto n : numbers) forms += std::to_string(rule->form(n));
  return forms;
}

// The headers are those of the gettext manual, 11.2.6.
TEST(PluralRule, KnowsTheLanguagesOfTheManual) {
  EXPECT_EQ(forms_of("nplurals=2; plural=(n != 1);", {0, 1, 2, 11}), "1011");
  EXPECT_EQ(forms_of("nplurals=1; plural=0;", {0, 1, 2}), "000");
  EXPECT_EQ(forms_of("nplurals=2; plural=n>1;", {0, 1, 2}), "001");
  EXPECT_EQ(forms_of("nplurals=3; plural=n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || "
                     "n%100>=20) ? 1 : 2;",
                     {1, 2, 5, 11, 12, 21, 22, 25, 101, 111}),
            "0122201202");
  EXPECT_EQ(forms_of("nplurals=3; plural=(n==1) ? 0 : (n>=2 && n<=4) ? 1 : 2;", {0, 1, 2, 4, 5}), "20112");
  EXPECT_EQ(forms_of("nplurals=4; plural=n%100==1 ? 0 : n%100==2 ? 1 : n%100==3 || n%100==4 ? 2 : 3;",
                     {1, 2, 3, 4, 5, 101}),
            "012230");
  EXPECT_EQ(forms_of("nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : "
                     "n%100>=11 ? 4 : 5;",
                     {0, 1, 2, 3, 11, 100}),
            "012345");
}

TEST(PluralRule, BindsAsTightlyAsC) {
  EXPECT_EQ(forms_of("nplurals=2; plural=1+2*3==7;", {0}), "1");
  EXPECT_EQ(forms_of("nplurals=2; plural=!n||n==2;", {0, 1, 2}), "101");
  EXPECT_EQ(forms_of("nplurals=6; plural=7-2-1;", {0}), "4");
  EXPECT_EQ(forms_of("nplurals=3; plural=n==1?0:n==2?1:2;", {1, 2, 3}), "012");
  EXPECT_EQ(forms_of("nplurals=2; plural=n==1<2;", {0, 1}), "01");
}

TEST(PluralRule, RefusesWhatItCannotAnswer) {
  for (const char* header :
       {"", "nplurals=2", "nplurals=2; plural=n;", "nplurals=2; plural=n%0;", "nplurals=2; plural=(n;",
        "nplurals=2; plural=n!=1)", "nplurals=0; plural=0;", "nplurals=7; plural=0;", "nplurals=x; plural=0;",
        "nplurals=2; plural=m;", "nplurals=2; plural=n==;", "nplurals=2; plural=n?1;",
        "nplurals=2; plural=99999999999999999999;"}) {
    EXPECT_FALSE(PluralRule::parse(header)) << header;
  }
  EXPECT_FALSE(
      PluralRule::parse("nplurals=1; plural=" + std::string(200, '(') + "0" + std::string(200, ')')));
  EXPECT_FALSE(PluralRule::parse("nplurals=2; plural=" + std::string(2000, '!') + "n"));
}

TEST(PluralRule, AnswersNumbersBeyondThoseItHasTried) {
  EXPECT_EQ(forms_of("nplurals=2; plural=n/1000000;", {5}), "0");
  EXPECT_EQ(forms_of("nplurals=2; plural=n/1000000;", {9000000}), "1");
  EXPECT_EQ(forms_of("nplurals=2; plural=n>1000?1/(n-1001):0;", {1001, 1002}), "11");
}

}  // namespace
}  // namespace doorward::pages
