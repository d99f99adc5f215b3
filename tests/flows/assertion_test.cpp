#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "crypto/encoding.hpp"
#include "steps.hpp"

// What an application can verify: the keys at /account/jwks.json, and the statements of who is signed in that they sign.
namespace doorward::test {
namespace {

using nlohmann::json;

class assertion : public ::testing::Test {
 protected:
  assertion() {
    id = site.account("ada@example.org", "Ada Lovelace", true);
    ada.login("ada@example.org");
  }
  engine::Decision check() {
    const std::string header = "__Host-doorward=" + ada.cookies["__Host-doorward"];
    const std::string_view headers[] = {header};
    return site.engine().guard().resolve(headers, {true, {}, {}});
  }
  std::string token() {
    const engine::Decision decision = check();
    EXPECT_EQ(decision.verdict, engine::Verdict::allow);
    return site.engine().assertion(*decision.identity.operator->());
  }
  static json part(const std::string& token, int which) {
    std::size_t begin = 0;
    for (; which > 0; --which) begin = token.find('.', begin) + 1;
    return json::parse(crypto::from_base64url(token.substr(begin, token.find('.', begin) - begin)).value());
  }

  Site site;
  AccountId id;
  Browser ada{site};
};

constexpr const char* keys = "/account/jwks.json";

TEST_F(assertion, tells_what_is_known_of_whoever_is_signed_in) {
  const json claims = part(token(), 1);
  EXPECT_EQ(claims.at("iss"), "https://example.org/account");
  EXPECT_EQ(claims.at("aud"), "https://example.org");
  EXPECT_EQ(claims.at("sub"), id.str());
  EXPECT_EQ(claims.at("name"), "Ada Lovelace");
  EXPECT_EQ(claims.at("email"), "ada@example.org");
  EXPECT_EQ(claims.at("roles"), json::array({"administrator"}));
  EXPECT_EQ(claims.at("amr"), json::array({"pwd"}));
  EXPECT_EQ(claims.at("iat").get<std::int64_t>(), to_microseconds(site.clock().now()) / 1'000'000);
}

TEST_F(assertion, of_what_was_changed_is_a_new_one) {
  const std::string before = token();
  EXPECT_EQ(token(), before);
  ada.submit("/account/profile", {{"name", "Countess"}});
  EXPECT_EQ(part(token(), 1).at("name"), "Countess");
}

TEST_F(assertion, is_made_of_nobody_who_has_signed_out) {
  token();
  const auto before = ada.cookies;
  ada.submit("/account/logout", {});
  ada.cookies = before;
  const engine::Decision decision = check();
  EXPECT_EQ(decision.verdict, engine::Verdict::sign_in);
  EXPECT_FALSE(decision.identity) << "there is no identity that one could be made of";
}

TEST_F(assertion, names_a_key_that_everybody_may_read) {
  Browser nobody(site);
  const Answer answer = nobody.get(keys);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("content-type"), "application/jwk-set+json");
  EXPECT_EQ(answer.header("cache-control"), "public, max-age=3600");
  EXPECT_EQ(answer.header("x-content-type-options"), "nosniff");
  EXPECT_TRUE(answer.header("set-cookie").empty());
  std::set<std::string> kids;
  const json set = json::parse(answer.body);
  for (const json& key : set.at("keys")) kids.insert(key.at("kid"));
  EXPECT_TRUE(kids.contains(part(token(), 0).at("kid")));
  site.clock().pass(std::chrono::hours(24 * 7));
  ada.login("ada@example.org");
  EXPECT_TRUE(kids.contains(part(token(), 0).at("kid"))) << "a week later";
  EXPECT_NE(nobody.get(keys).body, answer.body);
}

TEST_F(assertion, keys_are_read_by_whatever_name_the_server_is_reached) {
  Browser nobody(site);
  EXPECT_EQ(nobody.send("GET", keys, "", {{"host", "127.0.0.1:8080"}}).status, 200);
  EXPECT_EQ(nobody.send("GET", keys, "", {{"host", ""}}).status, 200);
}

TEST_F(assertion, keys_can_only_be_read) {
  const Answer head = ada.send("HEAD", keys, "", {});
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.body.size(), ada.send("GET", keys, "", {}).body.size()) << "the length that a server tells";
  for (const char* method : {"POST", "PUT", "DELETE", "PATCH", "get", "PROPFIND"}) {
    const Answer answer =
        ada.send(method, keys, "{}", {{"content-type", "application/json"}, {"origin", Site::origin}});
    EXPECT_EQ(answer.status, 405) << method;
    EXPECT_EQ(answer.header("allow"), "GET, HEAD") << method;
    EXPECT_EQ(answer.header("cache-control"), "no-store") << method;
  }
  EXPECT_EQ(ada.get("/account/jwks.json/").status, 404);
}

}  // namespace
}  // namespace doorward::test
