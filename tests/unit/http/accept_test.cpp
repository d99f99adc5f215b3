// Who asks: a person on their way to a page, or a program.
#include "http/accept.hpp"

#include <gtest/gtest.h>

namespace doorward::http {
namespace {

using Headers = std::vector<std::pair<std::string_view, std::string_view>>;

Request with(Headers headers, std::string_view body = {}) {
  Request request;
  request.headers = std::move(headers);
  request.body = body;
  return request;
}

TEST(Navigation, IsABrowserOnItsWayToAPage) {
  EXPECT_TRUE(is_navigation(with({{"Sec-Fetch-Mode", "navigate"}})));
  EXPECT_TRUE(is_navigation(with({{"Accept", "text/html,application/xhtml+xml,*/*;q=0.8"}})));
  EXPECT_FALSE(is_navigation(with({{"Sec-Fetch-Mode", "cors"}, {"Accept", "text/html"}})));
  EXPECT_FALSE(is_navigation(with({{"Upgrade", "websocket"}, {"Sec-Fetch-Mode", "navigate"}})));
  EXPECT_FALSE(is_navigation(with({{"X-Requested-With", "XMLHttpRequest"}, {"Accept", "text/html"}})));
  EXPECT_FALSE(is_navigation(with({{"Accept", "*/*"}}))) << "curl";
  EXPECT_FALSE(is_navigation(with({})));
}

TEST(Json, IsPreferredByWhoAsksForOrSendsIt) {
  EXPECT_TRUE(prefers_json(with({{"Accept", "application/json"}})));
  EXPECT_TRUE(prefers_json(with({{"Accept", "application/problem+json"}})));
  EXPECT_TRUE(
      prefers_json(with({{"Content-Type", "Application/JSON; charset=utf-8"}, {"Accept", "text/html"}})));
  EXPECT_FALSE(prefers_json(with({{"Accept", "text/html, application/json"}})));
  EXPECT_FALSE(prefers_json(with({{"Accept", "*/*"}})));
  EXPECT_FALSE(prefers_json(with({})));
}

TEST(BodyKind, IsWhatTheContentTypeSays) {
  EXPECT_EQ(body_kind(with({})), BodyKind::none);
  EXPECT_EQ(body_kind(with({}, "a=1")), BodyKind::other) << "a body nobody named";
  EXPECT_EQ(body_kind(with({{"content-type", "application/x-www-form-urlencoded ; charset=UTF-8"}})),
            BodyKind::form);
  EXPECT_EQ(body_kind(with({{"Content-Type", "multipart/form-data; boundary=x"}}, "x")), BodyKind::multipart);
  EXPECT_EQ(body_kind(with({{"Content-Type", "application/json"}})), BodyKind::json);
  for (const std::string_view type : {"text/plain", "application/json5", "text/json", "", ";application/json",
                                      "application/x-www-form-urlencoded, application/json"}) {
    EXPECT_EQ(body_kind(with({{"Content-Type", type}}, "x")), BodyKind::other) << type;
  }
}

}  // namespace
}  // namespace doorward::http
