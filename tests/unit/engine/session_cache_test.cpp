// What a worker remembers of sessions: all of it found again, none of it after it was revoked, in bounds, from any thread.
#include "engine/session_cache.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "fixed.hpp"
#include "folder.hpp"

namespace doorward::engine {
namespace {

using namespace std::chrono_literals;
using records::Epochs;
using test::morning;

class Remembered : public ::testing::Test {
 protected:
  struct Known {
    std::string token;
    signin::Recognized who;
  };
  Known make(const std::string& account = "ada") {
    const auto token = records::SessionToken::make(random);
    Known known{token.text(), {}};
    known.who.account.id = AccountId(account);
    known.who.account.name = "Name of " + account;
    known.who.email = account + "@example.org";
    known.who.roles = "administrator,editor";
    known.who.session.hash = token.hash().bytes();
    known.who.session.id = SessionId("session of " + account);
    known.who.session.idle = 1h;
    known.who.session.methods = "pwd";
    known.who.session.authenticated_at = known.who.session.last_seen_at = morning;
    known.who.session.expires_at = morning + 24h;
    return known;
  }
  IdentityRef remember(SessionCache& cache, const Known& known, Time now = morning) {
    return cache.remember(known.token, known.who,
                          *epochs.settled(Epochs::session_shard(known.who.session.hash)),
                          *epochs.settled(Epochs::account_shard(known.who.account.id.str())), now);
  }
  static SessionCache::Uses uses(const SessionCache& cache) {
    SessionCache::Uses all;
    for (std::size_t shard = 0; shard < SessionCache::shard_count; ++shard) {
      for (auto& use : cache.uses(shard)) all.push_back(std::move(use));
    }
    return all;
  }
  test::Folder folder;
  test::SeededRandom random;
  Epochs epochs{folder / "epochs"};
};

TEST_F(Remembered, SessionsAreFoundWithAllTheirFacts) {
  SessionCache cache(epochs);
  const Known known = make();
  remember(cache, known);
  const auto found = cache.find(known.token, morning);
  ASSERT_TRUE(found);
  using Fact = Identity::Fact;
  EXPECT_EQ(found->fact(Fact::user), "ada");
  EXPECT_EQ(found->fact(Fact::email), "ada@example.org");
  EXPECT_EQ(found->fact(Fact::name), "Name of ada");
  EXPECT_EQ(found->fact(Fact::session), "session of ada");
  EXPECT_EQ(found->fact(Fact::locale), "");
  EXPECT_EQ(found->fact(Fact::methods), "pwd");
  EXPECT_TRUE(found->has_role("editor"));
  EXPECT_TRUE(found->has_role("administrator"));
  for (const char* none : {"edit", "admin", "", "administrator,editor", "tor", "editorial"})
    EXPECT_FALSE(found->has_role(none)) << none;
}

TEST_F(Remembered, WhatIsPreferredIsFoundInWords) {
  SessionCache cache(epochs);
  using Fact = Identity::Fact;
  for (const auto& [clock, mac, theme] :
       {std::tuple{"24", "colon", "light"}, {"12", "hyphen", "dark"}, {"", "dot", ""}}) {
    Known known = make();
    records::Account& account = known.who.account;
    account.clock = clock, account.mac_format = mac, account.theme = theme;
    account.time_zone = "Asia/Kathmandu", account.phone = "+4930901820", account.notifications = "blog,shop";
    remember(cache, known);
    const auto found = cache.find(known.token, morning);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->fact(Fact::clock), clock);
    EXPECT_EQ(found->fact(Fact::mac_format), mac);
    EXPECT_EQ(found->fact(Fact::theme), theme);
    EXPECT_EQ(found->fact(Fact::time_zone), "Asia/Kathmandu");
    EXPECT_EQ(found->fact(Fact::phone), "+4930901820");
    EXPECT_EQ(found->fact(Fact::notifications), "blog,shop");
    EXPECT_EQ(found->fact(Fact::user), "ada");
    EXPECT_EQ(found->fact(Fact::methods), "pwd");
  }
  Known odd = make();
  odd.who.account.clock = "25", odd.who.account.theme = "purple";
  remember(cache, odd);
  const auto found = cache.find(odd.token, morning);
  EXPECT_EQ(found->fact(Fact::clock), "");
  EXPECT_EQ(found->fact(Fact::theme), "");
  EXPECT_EQ(found->fact(Fact::notifications), "all");
}

TEST_F(Remembered, OthersTokensAreNone) {
  SessionCache cache(epochs);
  const Known known = make();
  remember(cache, known);
  for (std::size_t i = 0; i < known.token.size(); ++i) {
    std::string other = known.token;
    other[i] = other[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(cache.find(other, morning));
    EXPECT_FALSE(cache.find(known.token.substr(0, i), morning));
  }
  EXPECT_FALSE(cache.find(known.token + "A", morning));
}

TEST_F(Remembered, ManyAreAllFoundAsTheTableGrows) {
  SessionCache cache(epochs);
  std::vector<Known> all;
  for (int i = 0; i < 20'000; ++i) {
    all.push_back(make("account " + std::to_string(i)));
    remember(cache, all.back());
  }
  EXPECT_EQ(cache.size(), all.size());
  for (const Known& known : all) {
    const auto found = cache.find(known.token, morning);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->fact(Identity::Fact::user), known.who.account.id.str());
  }
}

TEST_F(Remembered, AreNeverMoreThanAllowed) {
  SessionCache cache(epochs, nullptr, 640);
  for (int i = 0; i < 5000; ++i) {
    const Known known = make();
    remember(cache, known);
    EXPECT_TRUE(cache.find(known.token, morning)) << "the newest was not kept";
  }
  EXPECT_LE(cache.size(), 640U);
  EXPECT_GT(cache.size(), 500U);
}

// Tokens that begin alike fall to one place; whichever is taken out of it, the rest must still be found.
TEST_F(Remembered, OnesLeavingDontHideOthers) {
  for (int round = 0; round < 40; ++round) {
    SessionCache cache(epochs);
    std::vector<Known> all;
    std::string prefix;
    for (int i = 0; i < 12; ++i) {
      Known known = make("account " + std::to_string(i));
      if (i % 3 == 0) prefix = known.token.substr(0, 8);  // four chains of three in a small table
      known.token.replace(0, 8, prefix);
      known.who.session.expires_at =
          morning + 1s * (1 + (i * 7 + round) % 12);  // so each leaves at a time of its own
      remember(cache, known);
      all.push_back(std::move(known));
    }
    for (int second = 0; second <= 12; ++second) {
      const Time now = morning + 1s * second;
      if (second % 2 == 0) cache.forget_ended(now);
      std::size_t alive = 0;
      for (const Known& known : all) {
        const bool lives = now < known.who.session.expires_at;
        EXPECT_EQ(static_cast<bool>(cache.find(known.token, now)), lives)
            << "round " << round << " second " << second;
        alive += lives ? 1 : 0;
      }
      EXPECT_EQ(cache.size(), alive);
    }
  }
}

TEST_F(Remembered, WhatWasRevokedIsNotBelieved) {
  SessionCache cache(epochs);
  const Known ada = make("ada"), bob = make("bob");
  remember(cache, ada);
  remember(cache, bob);
  { const Epochs::Revocation one(epochs, {Epochs::session_shard(ada.who.session.hash)}); }
  EXPECT_FALSE(cache.find(ada.token, morning));
  EXPECT_EQ(cache.size(), 1U) << "it is still held";
  { const Epochs::Revocation account(epochs, {Epochs::account_shard("bob")}); }
  EXPECT_FALSE(cache.find(bob.token, morning));
  remember(cache, bob);
  EXPECT_TRUE(cache.find(bob.token, morning)) << "read anew, it counts again";
}

TEST_F(Remembered, WhatIsBeingRevokedIsNotBelievedEither) {
  SessionCache cache(epochs);
  const Known ada = make();
  remember(cache, ada);
  const Epochs::Revocation under_way(epochs, {Epochs::account_shard("ada")});
  EXPECT_FALSE(cache.find(ada.token, morning));
}

TEST_F(Remembered, SessionsEndByAgeAndByIdling) {
  SessionCache cache(epochs);
  const Known ada = make();
  remember(cache, ada);
  EXPECT_TRUE(cache.find(ada.token, morning + 59min));
  EXPECT_TRUE(cache.find(ada.token, morning + 118min)) << "used within the hour";
  EXPECT_FALSE(cache.find(ada.token, morning + 178min)) << "an hour after the last use";
  Known dying = make();
  dying.who.session.idle = 48h;
  remember(cache, dying);
  EXPECT_TRUE(cache.find(dying.token, morning + 24h - 1us));
  EXPECT_FALSE(cache.find(dying.token, morning + 24h));
}

TEST_F(Remembered, UsesAreToldUntilTheStoreKnows) {
  SessionCache cache(epochs);
  const Known ada = make("ada"), bob = make("bob");
  remember(cache, ada);
  remember(cache, bob);
  EXPECT_TRUE(uses(cache).empty()) << "the store knows that";
  cache.find(ada.token, morning + 1min);
  cache.find(ada.token, morning + 2min);
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto used = uses(cache);
    ASSERT_EQ(used.size(), 1U) << "a store that couldn't take it is told again";
    EXPECT_EQ(used[0].first, ada.token);
    EXPECT_EQ(used[0].second, morning + 2min);
  }
  cache.told(uses(cache));
  EXPECT_TRUE(uses(cache).empty());
  cache.find(ada.token, morning + 3min);
  EXPECT_TRUE(uses(cache).empty()) << "of an hour, the store needn't know a minute more";
  cache.find(ada.token, morning + 4min);
  EXPECT_EQ(uses(cache).size(), 1U);
}

TEST_F(Remembered, LongSessionsAreToldOfEveryFiveMinutes) {
  SessionCache cache(epochs);
  Known ada = make();
  ada.who.session.idle = 24h * 30;
  remember(cache, ada);
  cache.find(ada.token, morning + 5min);
  EXPECT_TRUE(uses(cache).empty());
  cache.find(ada.token, morning + 5min + 1s);
  EXPECT_EQ(uses(cache).size(), 1U);
}

// A person whose every request goes to another worker uses the session as well.
TEST_F(Remembered, ToBeRememberedIsAUse) {
  SessionCache cache(epochs);
  const Known ada = make();
  remember(cache, ada, morning + 40min);
  const auto used = uses(cache);
  ASSERT_EQ(used.size(), 1U) << "the store would never learn of it";
  EXPECT_EQ(used[0].second, morning + 40min);
}

TEST_F(Remembered, TimesAreRoundedSoThatNothingLastsLonger) {
  SessionCache cache(epochs);
  Known ada = make();
  ada.who.session.expires_at = morning + 10s + 900ms;
  ada.who.session.authenticated_at = morning + 900ms;
  const auto held = remember(cache, ada);
  EXPECT_EQ(held->expires_at(), morning + 10s);
  EXPECT_EQ(held->authenticated_at(), morning);
  EXPECT_FALSE(cache.find(ada.token, morning + 10s));
}

TEST_F(Remembered, FactsBeyondAllMeasureAreRefused) {
  Known ada = make();
  ada.who.roles = std::string(70'000, 'r');
  EXPECT_THROW(SessionCache::make(ada.token, ada.who), std::length_error);
}

TEST_F(Remembered, AreHeldAsLongAsSomebodyLooks) {
  const Known ada = make();
  auto cache = std::make_unique<SessionCache>(epochs);
  auto held = remember(*cache, ada);
  { const Epochs::Revocation revocation(epochs, {Epochs::account_shard("ada")}); }
  cache->forget_ended(morning);
  EXPECT_EQ(cache->size(), 0U);
  cache.reset();
  EXPECT_EQ(held->fact(Identity::Fact::user), "ada");
}

TEST_F(Remembered, ManyThreadsSeeWholeIdentities) {
  SessionCache cache(epochs, nullptr, 64 * 4);
  std::vector<Known> all;
  for (int i = 0; i < 400; ++i) all.push_back(make("account " + std::to_string(i % 50)));
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (std::size_t thread = 0; thread < 6; ++thread) {
    threads.emplace_back([&, thread] {
      for (std::size_t i = 0; i < 3000; ++i) {
        const Known& known = all[(i * 7 + thread * 61) % all.size()];
        const std::string& user = known.who.account.id.str();
        auto found = cache.find(known.token, morning);
        if (!found) {
          const auto session_seen = epochs.settled(Epochs::session_shard(known.who.session.hash));
          const auto account_seen = epochs.settled(Epochs::account_shard(user));
          if (!session_seen || !account_seen) continue;
          found = cache.remember(known.token, known.who, *session_seen, *account_seen, morning);
        }
        if (found->fact(Identity::Fact::user) != user) ++wrong;
        if (i % 97 == 0) const Epochs::Revocation revocation(epochs, {Epochs::account_shard(user)});
        if (i % 211 == 0) cache.forget_ended(morning);
        if (i % 307 == 0) cache.told(uses(cache));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST_F(Remembered, SessionsOfASharedStoreCountWhileItsFeedIsFresh) {
  records::Feed feed(folder / "epochs");
  SessionCache cache(epochs, &feed);
  feed.asking();
  feed.caught_up();
  const Known known = make();
  remember(cache, known);
  EXPECT_TRUE(cache.find(known.token, morning));
  feed.restarted();
  EXPECT_FALSE(cache.find(known.token, morning));
  feed.asking();
  feed.caught_up();
  EXPECT_FALSE(cache.find(known.token, morning)) << "it may have been revoked meanwhile";
  remember(cache, known);
  EXPECT_TRUE(cache.find(known.token, morning));
  const std::uint32_t shard = Epochs::session_shard(known.who.session.hash);
  for (const std::string& message : records::Feed::messages(std::span(&shard, 1))) feed.heard(message);
  EXPECT_FALSE(cache.find(known.token, morning)) << "revoked on another host";
}

}  // namespace
}  // namespace doorward::engine
