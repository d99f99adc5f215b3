// JSON: one flat object of texts, flags and whole numbers, and nothing that two readers could read differently.
#include <gtest/gtest.h>

#include "http/forms.hpp"

namespace doorward::http {
namespace {

using namespace std::string_view_literals;

TEST(Json, IsReadLikeAForm) {
  const auto fields = parse_json(
      R"( {"email": "ada@example.org", "name": "L\u00f6ve \ud83d\ude00", "remember": true, "off": false} )");
  ASSERT_TRUE(fields);
  EXPECT_EQ((*fields)["email"], "ada@example.org");
  EXPECT_EQ((*fields)["name"], "L\u00f6ve \U0001F600");
  EXPECT_TRUE(fields->flag("remember"));
  EXPECT_FALSE(fields->flag("off"));
  EXPECT_EQ(parse_json("{}")->size(), 0U);
}

TEST(Json, OfAnyOtherShapeIsRefused) {
  for (const auto body : {""sv,
                          " "sv,
                          "1"sv,
                          "\"a\""sv,
                          "null"sv,
                          "true"sv,
                          "[]"sv,
                          "[{\"a\":\"b\"}]"sv,
                          "{"sv,
                          "{}}"sv,
                          "{} {}"sv,
                          "{}x"sv,
                          R"({"a":null})"sv,
                          R"({"a":[]})"sv,
                          R"({"a":["b"]})"sv,
                          R"({"a":{}})"sv,
                          R"({"a":{"b":"c"}})"sv,
                          R"({"a":0})"sv,
                          R"({"a":-3})"sv,
                          R"({"a":12345678})"sv,
                          R"({"a":18446744073709551615})"sv,
                          R"({"a":1.0})"sv,
                          R"({"a":1e3})"sv,
                          R"({"a":1e309})"sv,
                          R"({"a":18446744073709551616})"sv,
                          R"({"a":NaN})"sv,
                          R"({a:1})"sv,
                          R"({'a':1})"sv,
                          R"({"a":01})"sv,
                          R"({"a":"b",})"sv,
                          R"({"a":1 /*c*/})"sv,
                          R"({"a":"b","a":"c"})"sv,
                          R"({"a":"b","\u0061":"c"})"sv}) {
    const auto fields = parse_json(body);
    ASSERT_FALSE(fields) << body;
    EXPECT_EQ(fields.error().status, 400) << body;
  }
}

TEST(Json, OfBadTextIsRefused) {
  for (const auto body : {"{\"a\":\"\xff\"}"sv, "{\"a\":\"\xc0\xaf\"}"sv, "{\"a\":\"\0\"}"sv,
                          R"({"a":"\u0000"})"sv, R"({"\u0000":"a"})"sv, R"({"a":"\ud800"})"sv,
                          R"({"a":"\udc00x"})"sv, "{\"a\":\"\n\"}"sv, R"({"a":"\x41"})"sv}) {
    EXPECT_FALSE(parse_json(body)) << body;
  }
}

TEST(Json, IsBounded) {
  std::string most = "{";
  for (std::size_t i = 0; i < max_form_fields; ++i)
    most += (i == 0 ? "\"f" : ",\"f") + std::to_string(i) + "\":true";
  EXPECT_TRUE(parse_json(most + "}"));
  EXPECT_FALSE(parse_json(most + ",\"more\":true}"));
  EXPECT_FALSE(parse_json(std::string(16000, '[')));
  std::string nested;
  for (int i = 0; i < 3000; ++i) nested += "{\"a\":";
  EXPECT_FALSE(parse_json(nested));
  EXPECT_EQ(parse_json(std::string(max_form_bytes + 1, ' ')).error().status, 413);
}

}  // namespace
}  // namespace doorward::http
