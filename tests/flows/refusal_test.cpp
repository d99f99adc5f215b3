// What is answered to somebody who may not pass, by who asks.
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/guard.hpp"
#include "site.hpp"

namespace doorward::test {
namespace {

using engine::Verdict;
using Headers = std::vector<std::pair<std::string_view, std::string_view>>;

std::string header(const http::Response& response, std::string_view name) {
  const auto found = std::find_if(response.headers.begin(), response.headers.end(),
                                  [&](const auto& header) { return header.first == name; });
  return found == response.headers.end() ? std::string() : found->second;
}

http::Response refuse(Site& site, Verdict verdict, Headers headers, std::string_view method = "GET",
                      std::string_view target = "/reports/2026?month=11") {
  http::Request request;
  request.method = method;
  request.scheme = "https";
  request.target = target;
  request.path = target.substr(0, target.find('?'));
  request.headers = std::move(headers);
  http::Response made;
  return site.engine().refuse(request, verdict, made);
}

const Headers page = {{"Host", "example.org"}, {"Accept", "text/html"}, {"Sec-Fetch-Mode", "navigate"}};
const Headers script = {{"Host", "example.org"}, {"Accept", "*/*"}, {"Sec-Fetch-Mode", "cors"}};

TEST(refusal, a_page_goes_to_sign_in_and_comes_back) {
  Site site;
  const auto answer = refuse(site, Verdict::sign_in, page);
  EXPECT_EQ(answer.status, 303);
  EXPECT_EQ(header(answer, "Location"), "/account/login?return_to=%2Freports%2F2026%3Fmonth%3D11");
  EXPECT_EQ(header(answer, "Cache-Control"), "no-store");
  EXPECT_EQ(header(refuse(site, Verdict::step_up, page), "Location"),
            "/account/reauthenticate?return_to=%2Freports%2F2026%3Fmonth%3D11");
}

TEST(refusal, what_a_form_asked_for_is_not_asked_again) {
  Site site;
  EXPECT_EQ(header(refuse(site, Verdict::sign_in, page, "POST"), "Location"),
            "/account/login?return_to=%2Freports%2F2026");
}

TEST(refusal, an_odd_target_is_forgotten) {
  Site site;
  for (const char* target : {"//evil.example", "/\\evil.example", "https://evil.example/", "/a%0d%0ab"})
    EXPECT_EQ(header(refuse(site, Verdict::sign_in, page, "GET", target), "Location"), "/account/login")
        << target;
}

TEST(refusal, a_script_is_told_in_its_language) {
  Site site;
  const auto english = refuse(site, Verdict::sign_in, script);
  EXPECT_EQ(english.status, 401);
  EXPECT_EQ(header(english, "Content-Type"), "application/problem+json");
  EXPECT_EQ(header(english, "Cache-Control"), "no-store");
  EXPECT_EQ(header(english, "X-Content-Type-Options"), "nosniff");
  EXPECT_NE(header(english, "WWW-Authenticate").find("https://example.org/account/login"), std::string::npos);
  EXPECT_NE(header(english, "Vary").find("Accept-Language"), std::string::npos);
  EXPECT_NE(english.body.find("\"code\":\"unauthenticated\""), std::string::npos);
  EXPECT_NE(english.body.find("Please sign in"), std::string::npos);
  Headers german = script;
  german.emplace_back("Accept-Language", "de-AT,de;q=0.9");
  EXPECT_NE(refuse(site, Verdict::sign_in, german).body.find("Bitte"), std::string::npos);
}

TEST(refusal, each_verdict_has_its_status) {
  Site site;
  const std::vector<std::tuple<Verdict, int, const char*>> told = {{Verdict::sign_in, 401, "unauthenticated"},
                                                                   {Verdict::step_up, 403, "fresh_required"},
                                                                   {Verdict::forbid, 403, "forbidden"},
                                                                   {Verdict::broken, 503, "unavailable"}};
  for (const auto& [verdict, status, code] : told) {
    const auto answer = refuse(site, verdict, script);
    EXPECT_EQ(answer.status, status);
    EXPECT_NE(answer.body.find(code), std::string::npos) << code;
    EXPECT_EQ(header(answer, "Retry-After"), status == 503 ? "5" : "");
  }
  EXPECT_EQ(refuse(site, Verdict::forbid, page).status, 403);
  EXPECT_EQ(refuse(site, Verdict::broken, page).status, 503);
}

TEST(refusal, the_reference_on_a_page_is_in_the_log) {
  Site site;
  const auto answer = refuse(site, Verdict::forbid, page);
  ASSERT_EQ(site.log().lines().size(), 1U);
  const std::string line = site.log().lines().front();
  const std::string reference = line.substr(std::string("request ").size(), 16);
  EXPECT_NE(answer.body.find(reference), std::string::npos) << line;
  EXPECT_NE(line.find("GET /reports/2026: forbidden"), std::string::npos) << line;
  refuse(site, Verdict::sign_in, page);
  refuse(site, Verdict::forbid, script);
  EXPECT_EQ(site.log().lines().size(), 1U) << "what has no reference needs no line";
}

TEST(refusal, what_should_not_come_here_lets_nobody_pass) {
  Site site;
  for (const auto verdict : {Verdict::allow, Verdict::ask}) {
    EXPECT_EQ(refuse(site, verdict, script).status, 503);
    EXPECT_EQ(refuse(site, verdict, page).status, 503);
  }
}

TEST(refusal, under_another_address_nobody_is_sent_round) {
  Site site;
  Headers elsewhere = page;
  elsewhere.front().second = "other.example";
  const auto answer = refuse(site, Verdict::sign_in, elsewhere);
  EXPECT_EQ(answer.status, 421);
  EXPECT_EQ(header(answer, "Location"), "");
  EXPECT_EQ(refuse(site, Verdict::sign_in, {{"Host", "other.example"}}).status, 401);
}

TEST(refusal, an_upgrade_is_told_as_a_script) {
  Site site;
  Headers socket = page;
  socket.emplace_back("Upgrade", "websocket");
  EXPECT_EQ(refuse(site, Verdict::sign_in, socket).status, 401);
}

}  // namespace
}  // namespace doorward::test
