// Where somebody goes on to is a path of this site, whatever a browser may make of it (SECURITY T057).
#include "http/return_to.hpp"

#include <gtest/gtest.h>

namespace doorward::http {
namespace {

using namespace std::string_view_literals;

TEST(ReturnTo, IsAPathOfThisSiteAsItCame) {
  for (const auto path :
       {"/"sv, "/notes"sv, "/notes/7?page=2&sort=a%20b"sv, "/?q=%2F%2Fevil.example"sv, "/a:b/c@d"sv,
        "/a/..;/b"sv, "/%C3%B6"sv, "/notes?next=https://example.org/"sv, "/a//b"sv, "/?"sv}) {
    const auto parsed = ReturnTo::parse(path);
    ASSERT_TRUE(parsed) << path;
    EXPECT_EQ(parsed->str(), path);
  }
}

TEST(ReturnTo, IsNeverAnothersSite) {
  for (const auto text : {"//evil.example"sv,
                          "///evil.example"sv,
                          "////evil.example"sv,
                          "/\\evil.example"sv,
                          "\\\\evil.example"sv,
                          "\\/evil.example"sv,
                          "/\\/evil.example"sv,
                          "https:evil.example"sv,
                          "https:/evil.example"sv,
                          "https://evil.example"sv,
                          "https://example.org@evil.example"sv,
                          "https://example.org.evil.example"sv,
                          "https://example.org"sv,
                          "javascript:alert(1)"sv,
                          "JAVASCRIPT:alert(1)"sv,
                          "data:text/html,x"sv,
                          "vbscript:x"sv,
                          "evil.example"sv,
                          "evil"sv,
                          "."sv,
                          ".."sv,
                          "?a"sv,
                          "#a"sv,
                          ""sv,
                          " /a"sv,
                          "/a "sv,
                          "/ /evil"sv,
                          "\t//evil"sv,
                          "/\t/evil"sv,
                          "/\n/evil"sv,
                          "/%09/evil"sv,
                          "/%0a/evil"sv,
                          "/%0d%0aLocation:x"sv,
                          "/%5cevil"sv,
                          "/%5Cevil"sv,
                          "/a%5c..%5cevil"sv,
                          "/%2fevil.example"sv,
                          "/%2Fevil"sv,
                          "/%2f%2fevil"sv,
                          "/%00"sv,
                          "/a%00b"sv,
                          "/\0"sv,
                          "/a?b=%0d%0a"sv,
                          "/a?b=%00"sv,
                          "/a?b\r\nSet-Cookie:c"sv,
                          "/a#b"sv,
                          "/a?b#c"sv,
                          "/%"sv,
                          "/%zz"sv,
                          "/%4"sv,
                          "/%c0%af"sv,
                          "/%ff"sv,
                          "/\xc3\xb6"sv,
                          "/\xe3\x80\x82"sv,
                          "/%E2%80%AE"sv,
                          "/%C2%85"sv,
                          "/<script>"sv,
                          "/\""sv,
                          "/a b"sv,
                          "*"sv,
                          "@evil.example"sv,
                          ":80"sv,
                          "/\x7f"sv,
                          "\x01//evil"sv}) {
    EXPECT_FALSE(ReturnTo::parse(text)) << text;
  }
}

TEST(ReturnTo, IsBounded) {
  EXPECT_TRUE(ReturnTo::parse("/" + std::string(2047, 'a')));
  EXPECT_FALSE(ReturnTo::parse("/" + std::string(2048, 'a')));
}

TEST(ReturnTo, ReadsNothingBehindItsEnd) {
  const std::string_view buffer = "/notes%41rest";
  EXPECT_EQ(ReturnTo::parse(buffer.substr(0, 6))->str(), "/notes");
  EXPECT_FALSE(ReturnTo::parse(buffer.substr(0, 8)));
}

TEST(QueryEscape, LeavesUnreservedCharactersOnly) {
  EXPECT_EQ(query_escape("/a?b=c&d e\u00f6%~-._Z9"), "%2Fa%3Fb%3Dc%26d%20e%C3%B6%25~-._Z9");
}

}  // namespace
}  // namespace doorward::http
