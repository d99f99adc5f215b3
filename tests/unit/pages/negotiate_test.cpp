#include "pages/negotiate.hpp"

#include <gtest/gtest.h>

namespace doorward::pages {
namespace {

std::string pick(std::string_view header) { return negotiate_locale(header, {"en", "de", "pt-BR"}); }

TEST(Negotiate, TakesTheHeaviestLanguageThatIsOffered) {
  EXPECT_EQ(pick("de"), "de");
  EXPECT_EQ(pick("fr, de;q=0.8, en;q=0.7"), "de");
  EXPECT_EQ(pick("de;q=0.7, en;q=0.8"), "en");
  EXPECT_EQ(pick("de, en"), "de");
  EXPECT_EQ(pick(" DE ; Q=1.0 "), "de");
}

TEST(Negotiate, ShortensWhatBrowsersAskFor) {
  EXPECT_EQ(pick("de-CH-1901"), "de");
  EXPECT_EQ(pick("pt-br"), "pt-BR");
  EXPECT_EQ(pick("de-x-mine"), "de");
  EXPECT_EQ(pick("pt, de;q=0.1"), "de");  // a lookup doesn't guess a region
}

TEST(Negotiate, GivesTheDefaultWhereNothingFits) {
  for (const char* header : {"", "fr", "*", "*;q=0.5", "de;q=0", "de;q=0.000", "de;q=2", "de;q=x",
                             "de;level=1", ",,,", ";q=1", "-", "de;q=0.1234"}) {
    EXPECT_EQ(pick(header), "en") << header;
  }
}

TEST(Negotiate, TakesNoTimeForHugeHeaders) {
  EXPECT_EQ(pick(std::string(1 << 20, '-') + ",de"), "en");
  EXPECT_EQ(pick(std::string(1 << 20, ',')), "en");
}

}  // namespace
}  // namespace doorward::pages
