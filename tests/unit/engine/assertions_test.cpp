// Signed statements of who is asking: what they say, which key signs when, and when one is given again.
#include "engine/assertions.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "engine/assertion_keys.hpp"
#include "es256.hpp"
#include "fixed.hpp"
#include "folder.hpp"
#include "process.hpp"

namespace doorward::engine {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using test::morning;

struct Read {  // a token, its signature not looked at
  json head, claims;
  std::string signed_part, signature;
};

Read read(const std::string& token) {
  const std::size_t first = token.find('.'), second = token.find('.', first + 1);
  const auto part = [&](std::size_t from, std::size_t to) {
    return crypto::from_base64url(std::string_view(token).substr(from, to - from)).value();
  };
  return {json::parse(part(0, first)), json::parse(part(first + 1, second)), token.substr(0, second),
          part(second + 1, token.size())};
}

class Asserted : public ::testing::Test {
 protected:
  Asserted() {
    who.account.id = AccountId("ada");
    who.account.name = "Ada Lovelace, \"Königin\"";
    who.email = "ada@example.org";
    who.roles = "administrator,editor";
    who.session.id = SessionId("a session");
    who.session.methods = "pwd otp";
    who.session.hash = std::string(32, 'h');
    who.session.idle = 1h;
    who.session.authenticated_at = who.session.last_seen_at = morning - 10min;
    who.session.expires_at = morning + 24h;
  }
  static settings::Settings made_settings() {
    settings::Settings made;
    made.public_url = made.assertion.audience = "https://example.org";
    return made;
  }
  IdentityRef identity() const { return SessionCache::make(std::string(43, 't'), who); }
  std::string at(Time now) {
    const IdentityRef identity = this->identity();
    return assertions.of(*identity.operator->(), now);
  }

  std::string anew_at(Time now) {  // by a worker that has made none before
    const IdentityRef identity = this->identity();
    return Assertions(settings, ring).of(*identity.operator->(), now);
  }

  crypto::KeyRing ring_of(const std::string& text) {
    folder.write("ring", text);
    ::chmod((folder / "ring").c_str(), 0600);
    return crypto::KeyRing::open(folder / "ring", random);
  }
  static std::string line(char letter) {
    return std::string(1, letter) + " " + crypto::base64url(std::string(32, letter)) + "\n";
  }
  // By the set of public keys alone: does it verify?
  static bool verifies(const std::string& token, const std::string& jwks) {
    const Read got = read(token);
    const json set = json::parse(jwks);
    for (const json& key : set.at("keys")) {
      if (key.at("kid") == got.head.at("kid"))
        return test::verifies_es256(key.at("x"), key.at("y"), got.signed_part, got.signature);
    }
    return false;
  }

  test::Folder folder;
  test::SeededRandom random;
  settings::Settings settings = made_settings();
  signin::Recognized who;
  const crypto::KeyRing ring = crypto::KeyRing::open(folder / "keys", random);
  Assertions assertions{settings, ring};
};

using AssertionKeys = Asserted;

std::string kid(const std::string& token) { return read(token).head.at("kid"); }
std::set<std::string> kids(const std::string& jwks) {
  std::set<std::string> all;
  const json set = json::parse(jwks);
  for (const json& key : set.at("keys")) all.insert(key.at("kid"));
  return all;
}
Time start_of(std::int64_t period) { return Time(period * assertion_key_period); }

TEST_F(Asserted, SayWhoItIsForOneAudienceAndAMinute) {
  const Read got = read(at(morning + 900ms));
  EXPECT_EQ(got.head, (json{{"alg", "ES256"}, {"typ", "JWT"}, {"kid", got.head.at("kid")}}));
  const std::int64_t now = to_microseconds(morning) / 1'000'000;
  const json claims = {{"iss", "https://example.org/account"},
                       {"aud", "https://example.org"},
                       {"sub", "ada"},
                       {"iat", now},
                       {"exp", now + 60},
                       {"auth_time", now - 600},
                       {"amr", {"pwd", "otp"}},
                       {"sid", "a session"},
                       {"email", "ada@example.org"},
                       {"name", "Ada Lovelace, \"Königin\""},
                       {"roles", {"administrator", "editor"}}};
  EXPECT_EQ(got.claims, claims);
}

TEST_F(Asserted, SayWhatTheSettingsWant) {
  settings.mount = "/konto";
  settings.assertion.audience = "billing";
  settings.assertion.lifetime = 300s;
  Assertions others(settings, ring);
  const IdentityRef identity = this->identity();
  const json claims = read(others.of(*identity.operator->(), morning)).claims;
  EXPECT_EQ(claims.at("iss"), "https://example.org/konto");
  EXPECT_EQ(claims.at("aud"), "billing");
  EXPECT_EQ(claims.at("exp").get<std::int64_t>() - claims.at("iat").get<std::int64_t>(), 300);
}

TEST_F(Asserted, SayNoRolesAsAnEmptyList) {
  who.roles.clear();
  who.session.methods = "pwd";
  const json claims = read(at(morning)).claims;
  EXPECT_EQ(claims.at("roles"), json::array());
  EXPECT_EQ(claims.at("amr"), json::array({"pwd"}));
}

TEST_F(Asserted, AreVerifiedByThePublicKeys) {
  const std::string token = at(morning), jwks = assertion_jwks(ring, morning);
  EXPECT_TRUE(verifies(token, jwks));
  const std::size_t claims = token.find('.') + 1;
  for (const std::size_t touched : {claims + 10, claims + 100, token.rfind('.') - 1}) {
    std::string altered = token;
    altered[touched] = altered[touched] == 'A' ? 'B' : 'A';
    const std::string signed_part = altered.substr(0, altered.rfind('.'));
    const json key = json::parse(jwks).at("keys").at(0);
    EXPECT_FALSE(test::verifies_es256(key.at("x"), key.at("y"), signed_part, read(token).signature))
        << touched;
  }
}

TEST_F(Asserted, AreGivenAgainForHalfOfTheirLife) {
  const std::string first = at(morning);
  EXPECT_EQ(at(morning + 30s - 1us), first);
  const std::string second = at(morning + 30s);
  EXPECT_NE(second, first);
  EXPECT_EQ(
      read(second).claims.at("iat").get<std::int64_t>() - read(first).claims.at("iat").get<std::int64_t>(),
      30);
  EXPECT_EQ(at(morning + 59s), second) << "from the older generation";
  EXPECT_NE(at(morning + 60s), second);
}

TEST_F(Asserted, AreNotGivenAgainToAClockThatWasSetBack) {
  const std::string later = at(morning);
  const std::string earlier = at(morning - 1h);
  EXPECT_NE(earlier, later);
  EXPECT_EQ(at(morning - 1h + 20s), earlier);
}

// A session whose owner lost a role, or changed their name, is not told of by what was signed before.
TEST_F(Asserted, AreSignedAnewWhereThereIsSomethingElseToSay) {
  const signin::Recognized before = who;
  const std::string token = at(morning);
  const auto change = [&](const char* what, const std::function<void()>& make) {
    who = before;
    make();
    EXPECT_NE(at(morning + 1s), token) << what;
  };
  change("a role", [&] { who.roles = "editor"; });
  change("a name", [&] { who.account.name = "Ada King"; });
  change("an address", [&] { who.email = "ada@example.com"; });
  change("a session", [&] { who.session.id = SessionId("another"); });
  change("an account", [&] { who.account.id = AccountId("bob"); });
  change("a method", [&] { who.session.methods = "pwd"; });
  change("a fresh password", [&] { who.session.authenticated_at = morning; });
  change("where one fact ends", [&] {
    who.email = "ada@example.orgAda";
    who.account.name = who.account.name.substr(3);
  });
  who = before;
  EXPECT_EQ(at(morning + 1s), token);
}

TEST_F(Asserted, AreNeverKeptInAnyNumber) {
  for (std::size_t i = 0; i < 3 * Assertions::generation_size; ++i) {
    who.session.id = SessionId(std::to_string(i));
    at(morning);
  }
  EXPECT_LE(assertions.kept(), 2 * Assertions::generation_size);
  const std::string newest = at(morning);
  EXPECT_EQ(at(morning + 1s), newest);
  at(morning + 40s);
  at(morning + 80s);
  EXPECT_LE(assertions.kept(), 2U) << "what is old is gone";
}

TEST_F(Asserted, AreWholeForManyThreads) {
  const std::string jwks = assertion_jwks(ring, morning);
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      const IdentityRef identity = this->identity();
      for (int second = 0; second < 300; ++second) {
        if (!verifies(assertions.of(*identity.operator->(), morning + second * 1s), jwks)) ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST_F(AssertionKeys, AreOthersInEveryPeriodAndKnownOnePeriodBeforeAndAfter) {
  const std::int64_t period = assertion_period(morning);
  const Time begin = start_of(period), end = start_of(period + 1);
  ASSERT_LE(begin, morning);
  ASSERT_GT(end, morning);
  const std::string before = kid(anew_at(begin - 1us)), now = kid(anew_at(begin)), after = kid(anew_at(end));
  EXPECT_EQ(std::set({before, now, after}).size(), 3U);
  EXPECT_EQ(kid(anew_at(end - 1us)), now);
  EXPECT_EQ(kid(at(begin - 1h)), before);
  EXPECT_EQ(kid(at(begin)), now) << "by the same worker";
  for (const Time moment : {begin, morning, end - 1us}) {
    EXPECT_EQ(kids(assertion_jwks(ring, moment)), std::set({before, now, after}));
  }
  EXPECT_TRUE(verifies(anew_at(end + 1h - 1us), assertion_jwks(ring, end - 1us)))
      << "a set that was cached for an hour";
  EXPECT_TRUE(verifies(anew_at(end - 1us), assertion_jwks(ring, end + 5min))) << "a token that lives on";
  EXPECT_FALSE(kids(assertion_jwks(ring, end + assertion_key_period)).contains(now)) << "for good";
}

TEST_F(AssertionKeys, ArePublishedWithoutAnythingPrivate) {
  const json keys = json::parse(assertion_jwks(ring, morning));
  ASSERT_EQ(keys.at("keys").size(), 3U);
  for (const json& key : keys.at("keys")) {
    EXPECT_EQ(key, (json{{"kty", "EC"},
                         {"crv", "P-256"},
                         {"use", "sig"},
                         {"alg", "ES256"},
                         {"x", key.at("x")},
                         {"y", key.at("y")},
                         {"kid", key.at("kid")}}));
  }
}

TEST_F(AssertionKeys, AreTheSameInEveryProcess) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  test::Process worker([&] {
    const crypto::KeyRing own = crypto::KeyRing::open(folder / "keys", random);
    const std::string id = assertion_key(own, own.current(), assertion_period(morning)).id();
    return ::write(ends[1], id.data(), id.size()) == 43 ? 0 : 1;
  });
  EXPECT_EQ(worker.join(), 0);
  std::string id(43, '\0');
  EXPECT_EQ(::read(ends[0], id.data(), id.size()), 43);
  EXPECT_EQ(kid(at(morning)), id);
  ::close(ends[0]);
  ::close(ends[1]);
}

// What was derived once stays: hosts of one site may run different versions for a while.
TEST_F(AssertionKeys, AreTheSameInEveryVersion) {
  const auto first = ring_of(line('a'));
  EXPECT_EQ(assertion_key(first, "a", 2974).id(), "dSMt4h-xkiMiS_jtu2qtiiY4GTEQNHejxkXVGs_FRE8");
}

TEST_F(AssertionKeys, FollowTheKeyRingAndStayKnownWithIt) {
  const auto before = ring_of(line('a')), announced = ring_of(line('a') + line('b'));
  const auto rotated = ring_of(line('b') + line('a')), after = ring_of(line('b'));
  const auto id = [](const crypto::KeyRing& of) {
    return assertion_key(of, of.current(), assertion_period(morning)).id();
  };
  EXPECT_EQ(id(before), id(announced));
  EXPECT_NE(id(announced), id(rotated));
  EXPECT_EQ(id(rotated), id(after));
  const std::string old_key = id(before), new_key = id(rotated);
  EXPECT_FALSE(kids(assertion_jwks(before, morning)).contains(new_key));
  for (const auto* known : {&announced, &rotated}) {
    const auto all = kids(assertion_jwks(*known, morning));
    EXPECT_TRUE(all.contains(old_key) && all.contains(new_key));
    EXPECT_EQ(all.size(), 6U);
  }
  EXPECT_FALSE(kids(assertion_jwks(after, morning)).contains(old_key)) << "gone from the ring";
}

}  // namespace
}  // namespace doorward::engine
