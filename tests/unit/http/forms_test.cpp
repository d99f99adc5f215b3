// Forms: every body has one reading, or is refused (SECURITY T029).
#include "http/forms.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>

namespace doorward::http {
namespace {

using namespace std::string_view_literals;

void refuses(std::string_view body, int status = 400) {
  const auto fields = parse_form(body);
  ASSERT_FALSE(fields) << body;
  EXPECT_EQ(fields.error().status, status) << body;
}

TEST(Forms, AreReadAsBrowsersWriteThem) {
  const auto fields =
      parse_form("email=ada%40example.org&name=Ada+L%C3%B6vel%61ce&empty=&flag=on&plus=%2B&none");
  ASSERT_TRUE(fields);
  EXPECT_EQ((*fields)["email"], "ada@example.org");
  EXPECT_EQ((*fields)["name"], "Ada L\u00f6velace");
  EXPECT_EQ((*fields)["plus"], "+");
  EXPECT_EQ((*fields)["empty"], "");
  EXPECT_TRUE(fields->has("empty"));
  EXPECT_TRUE(fields->has("none"));
  EXPECT_FALSE(fields->has("else"));
  EXPECT_EQ((*fields)["else"], "");
  EXPECT_TRUE(fields->flag("flag"));
  EXPECT_TRUE(fields->is_flag("flag"));
  EXPECT_TRUE(fields->is_flag("empty"));
  EXPECT_TRUE(fields->is_flag("else"));
  EXPECT_FALSE(fields->is_flag("plus")) << "neither a yes nor a no";
  EXPECT_FALSE(fields->flag("empty"));
  EXPECT_EQ(fields->size(), 6U);
  EXPECT_EQ(parse_form("")->size(), 0U);
}

TEST(Forms, KeepAPasswordsSpaces) { EXPECT_EQ((*parse_form("password=+a++b%20"))["password"], " a  b "); }

TEST(Forms, TakeEqualsSignsIntoTheValue) { EXPECT_EQ((*parse_form("a=b=c"))["a"], "b=c"); }

// Boost 1.81's parse_query() gives the last value an end beyond the text: what stands in memory behind it would be read.
TEST(Forms, ReadNothingBehindTheirEnd) {
  const std::string_view buffer = "email=ada@example.org&name=AdaSECRET%41&x=1";
  const auto fields = parse_form(buffer.substr(0, buffer.find("SECRET")));
  ASSERT_TRUE(fields);
  EXPECT_EQ((*fields)["name"], "Ada");
  EXPECT_EQ(fields->size(), 2U);
  EXPECT_EQ((*parse_form("a=1&b"sv.substr(0, 3)))["a"], "1");
  for (const std::string_view body :
       {"a=1"sv, "a"sv, "a=%41"sv, "a=b+"sv, "a="sv}) {  // exactly so long: for AddressSanitizer
    const std::unique_ptr<char[]> exact(new char[body.size()]);
    std::memcpy(exact.get(), body.data(), body.size());
    EXPECT_TRUE(parse_form({exact.get(), body.size()})) << body;
  }
}

TEST(Forms, OfTwoReadingsAreRefused) {
  for (const auto body : {"email=a&email=b"sv, "email=a&em%61il=b"sv, "email=a&email"sv, "&&"sv, "=1&=2"sv,
                          "email[]=a"sv, "a b=c"sv, "a=b#c"sv, "a=<b>"sv, "a=\r\nb"sv, "a=\xc3\xb6"sv}) {
    refuses(body);
  }
}

TEST(Forms, OfBadBytesAreRefused) {
  for (const auto body : {"a=%00"sv, "%00=a"sv, "a=\0"sv, "a=%ff"sv, "a=%c0%af"sv, "a=%ed%a0%80"sv, "a=%"sv,
                          "a=%4"sv, "a=%zz"sv, "a=%u0041"sv}) {
    refuses(body);
  }
}

TEST(Forms, AreBounded) {
  std::string most;
  for (std::size_t i = 0; i < max_form_fields; ++i) most += (i == 0 ? "f" : "&f") + std::to_string(i) + "=x";
  EXPECT_TRUE(parse_form(most));
  refuses(most + "&more=x");
  EXPECT_TRUE(parse_form("a=" + std::string(max_form_bytes - 2, 'x')));
  refuses("a=" + std::string(max_form_bytes - 1, 'x'), 413);
  refuses(std::string(max_form_bytes, '&'));
}

}  // namespace
}  // namespace doorward::http
