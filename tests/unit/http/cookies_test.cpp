// Cookies: whatever a client sends, at most its first cookie of our name is seen, and in a moment (SECURITY T041).
#include "http/cookies.hpp"

#include <gtest/gtest.h>

namespace doorward::http {
namespace {

using namespace std::string_view_literals;

TEST(Cookies, AreFoundByTheirWholeName) {
  EXPECT_EQ(find_cookie("a=1; b=2; c=3", "b"), "2");
  EXPECT_EQ(find_cookie("a=1;b=2;c=3", "c"), "3");
  EXPECT_EQ(find_cookie("  b = 2 ", "b"), std::nullopt) << "a space belongs to the name";
  EXPECT_EQ(find_cookie("aa=1; xa=2; a.=3", "a"), std::nullopt);
  EXPECT_EQ(find_cookie("A=1", "a"), std::nullopt);
  EXPECT_EQ(find_cookie("a", "a"), std::nullopt);
  EXPECT_EQ(find_cookie("a=", "a"), "");
  EXPECT_EQ(find_cookie("", "a"), std::nullopt);
}

TEST(Cookies, HaveSpacesAndTabsAroundThemAndNoOtherWhiteSpace) {
  EXPECT_EQ(find_cookie("a=1;\t b=2 \t; c=3", "b"), "2");
  for (const char other : std::string("\v\f\r\n\b\x1c\x85\xa0")) {
    EXPECT_EQ(find_cookie(std::string(1, other) + "a=1", "a"), std::nullopt) << static_cast<int>(other);
    EXPECT_EQ(find_cookie("b=2; " + std::string(1, other) + "a=1", "a"), std::nullopt)
        << static_cast<int>(other);
    EXPECT_EQ(find_cookie("a=1" + std::string(1, other), "a"), "1" + std::string(1, other));
  }
}

TEST(Cookies, OfTwoTheFirstCounts) { EXPECT_EQ(find_cookie("a=1; a=2", "a"), "1"); }

TEST(Cookies, KeepWhatStandsInTheirValue) {
  EXPECT_EQ(find_cookie("a=b=c==; d=e", "a"), "b=c==");
  EXPECT_EQ(find_cookie("a=\"quoted; b=2", "b"), "2") << "a quote that never ends hides nothing";
  EXPECT_EQ(find_cookie("x=\"; a=1", "a"), "1");
  EXPECT_EQ(find_cookie("a=b%3D", "a"), "b%3D");
}

TEST(Cookies, OfHostileHeadersAreStillFoundOrNot) {
  for (const std::string_view junk : {";;;"sv, "="sv, "=;="sv, "; ; ;"sv, "\0"sv, "\0=\0;"sv, "\xff\xfe"sv,
                                      "a"sv, "\""sv, ",,"sv, "session_chunks=99999999"sv, "\t\r\n"sv}) {
    EXPECT_EQ(find_cookie(junk, "session"), std::nullopt);
    EXPECT_EQ(find_cookie(std::string(junk) + "; session=1", "session"), "1");
  }
}

TEST(Cookies, OfVeryLongHeadersCostLittle) {
  std::string pairs;
  for (int i = 0; i < 5000; ++i) pairs += "session" + std::to_string(i) + "=" + std::string(8, 's') + "; ";
  EXPECT_EQ(find_cookie(pairs, "session"), std::nullopt);
  EXPECT_EQ(find_cookie(pairs + "session=1", "session"), "1");
  // Linear: twenty times over 64 KiB of each kind is nothing; were it the square, minutes.
  for (const std::string& part : {std::string(";"), std::string("="), std::string("session"),
                                  std::string(" "), std::string("session;")}) {
    std::string header;
    while (header.size() < 65536) header += part;
    for (int i = 0; i < 20; ++i) ASSERT_EQ(find_cookie(header, "session"), std::nullopt);
  }
}

TEST(Cookies, MayStandInSeveralHeaders) {
  Request request;
  request.headers = {{"Accept", "a=0"}, {"Cookie", "b=1"}, {"cOOkie", "a=2"}, {"cookie", "a=3"}};
  EXPECT_EQ(find_cookie(request, "a"), "2");
  EXPECT_EQ(find_cookie(request, "c"), std::nullopt);
}

TEST(Cookies, AreWrittenAsStrictlyAsBrowsersAllow) {
  EXPECT_EQ(to_header({"__Host-doorward", "v", std::nullopt}, true),
            "__Host-doorward=v; Path=/; HttpOnly; SameSite=Lax; Secure");
  EXPECT_EQ(to_header({"doorward", "", std::chrono::seconds(0)}, false),
            "doorward=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
}

TEST(Cookies, BearTheHostPrefixOverHttps) {
  for (const std::string& name : CookieNames(true).all()) EXPECT_TRUE(name.starts_with("__Host-")) << name;
  for (const std::string& name : CookieNames(false).all()) EXPECT_FALSE(name.starts_with("__")) << name;
}

}  // namespace
}  // namespace doorward::http
