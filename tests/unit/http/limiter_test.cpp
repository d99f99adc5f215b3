// Counting tries: exactly, over all threads and workers of the host, whatever noise there is (SECURITY T023, T025, T239).
#include "http/limiter.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "fixed.hpp"
#include "folder.hpp"
#include "process.hpp"

namespace doorward::http {
namespace {

using namespace std::chrono_literals;
using test::morning;

constexpr LimitRule rule{"account", 10, 900s, 300s};
const std::string site_key(32, 'k');

class Limits : public ::testing::Test {
 protected:
  bool go(std::string_view key, Time now = morning) { return limiter.attempt(rule, key, now) == 0s; }
  int tries(std::string_view key, Time now = morning) {  // how many are let through at once
    int count = 0;
    while (count < 100 && go(key, now)) ++count;
    return count;
  }
  test::Folder folder;
  const std::string path = folder / "limits";
  Limiter limiter{path, site_key};
};

TEST_F(Limits, LetSoManyThroughAndNoMore) {
  EXPECT_EQ(tries("ada"), 10);
  EXPECT_EQ(tries("bob"), 10);
  constexpr LimitRule other{"network", 3, 900s, 300s};
  EXPECT_EQ(limiter.attempt(other, "ada", morning), 0s) << "another rule's keys are others";
}

TEST_F(Limits, DoubleTheWaitWithEachFurtherTry) {
  tries("ada");
  Time now = morning;
  for (const auto wait : {1s, 2s, 4s, 8s, 16s, 32s, 64s, 128s, 256s, 300s, 300s}) {
    EXPECT_EQ(limiter.attempt(rule, "ada", now), wait);
    EXPECT_EQ(limiter.attempt(rule, "ada", now + wait - 1ms), 1s)
        << "asking again costs nothing and helps nothing";
    now += wait;
    EXPECT_TRUE(go("ada", now)) << wait.count();
  }
}

TEST_F(Limits, MayBeginWithALongWait) {
  constexpr LimitRule hourly{"hourly", 1, 3600s, 3600s, 3600s};
  EXPECT_EQ(limiter.attempt(hourly, "eve", morning), 0s);
  EXPECT_EQ(limiter.attempt(hourly, "eve", morning), 3600s);
  EXPECT_EQ(limiter.attempt(hourly, "eve", morning + 3599s), 1s);
  EXPECT_EQ(limiter.attempt(hourly, "eve", morning + 3600s), 0s);
  EXPECT_EQ(limiter.attempt(hourly, "eve", morning + 3600s), 3600s);
}

TEST_F(Limits, ForgetAfterAWhile) {
  tries("ada");
  EXPECT_FALSE(go("ada", morning + 1ms));
  EXPECT_EQ(tries("ada", morning + 900s), 10);
}

TEST_F(Limits, ForgiveAndRefund) {
  tries("ada");
  limiter.refund(rule, "ada", morning);
  EXPECT_EQ(tries("ada"), 1);
  limiter.forgive(rule, "ada");
  EXPECT_EQ(tries("ada"), 10);
  limiter.forgive(rule, "nobody");
  for (int i = 0; i < 3; ++i) limiter.refund(rule, "carol", morning);
  EXPECT_EQ(tries("carol"), 10) << "a refund is never credit";
}

TEST_F(Limits, AreNotLongerBecauseTheClockWasSetBack) {
  tries("ada", morning + 24h);
  EXPECT_EQ(limiter.attempt(rule, "ada", morning), 1s);
  EXPECT_TRUE(go("ada", morning + 1s));
}

TEST_F(Limits, AreExactUnderTwoHundredThreads) {
  for (int round = 0; round < 5; ++round) {
    const std::string key = "round " + std::to_string(round);
    std::atomic<int> through = 0;
    std::atomic<bool> begun = false;
    std::vector<std::thread> threads;
    for (int i = 0; i < 200; ++i) {
      threads.emplace_back([&] {
        while (!begun) std::this_thread::yield();
        through += go(key) ? 1 : 0;
      });
    }
    begun = true;
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(through, 10);
  }
}

TEST_F(Limits, AreThoseOfTheHostNotOfEachWorker) {
  std::vector<test::Process> workers;
  for (int i = 0; i < 4; ++i) {
    workers.emplace_back([this] {
      Limiter own(path, site_key);
      int through = 0;
      for (int n = 0; n < 50; ++n) through += own.attempt(rule, "ada", morning) == 0s ? 1 : 0;
      return through;
    });
  }
  int through = 0;
  for (auto& worker : workers) through += worker.join();
  EXPECT_EQ(through, 10);
}

TEST_F(Limits, SurviveAReload) {
  for (int i = 0; i < 7; ++i) EXPECT_TRUE(go("ada"));
  Limiter again(path, site_key);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(again.attempt(rule, "ada", morning), 0s);
  EXPECT_EQ(again.attempt(rule, "ada", morning), 1s);
}

TEST_F(Limits, WorkOnWhereAWorkerWasKilledWhileCounting) {
  for (int round = 0; round < 10; ++round) {
    test::Signal counting;
    test::Process worker([&] {
      Limiter own(path, site_key);
      for (unsigned n = 0;; ++n) {
        own.attempt(rule, std::to_string(n % 64), morning);
        if (n == 64) counting.send();
      }
      return 0;
    });
    counting.wait();
    worker.kill();
    for (unsigned n = 0; n < 64; ++n) limiter.forgive(rule, std::to_string(n));
  }
  EXPECT_EQ(tries("ada"), 10);
}

TEST_F(Limits, HoldWhatIsHotAgainstNoise) {
  tries("ada");
  for (int i = 0; i < 100'000; ++i)
    limiter.attempt(rule, "noise " + std::to_string(i), morning + 1ms * (i / 200));
  EXPECT_FALSE(go("ada", morning + 900ms)) << "a stranger's noise has made room for guesses";
}

// What nobody remembers must not keep its place: a year of mistyped passwords would fill the table for good.
TEST_F(Limits, MakeRoomOfWhatIsForgotten) {
  for (int i = 0; i < 160'000; ++i) {
    const std::string key = "last year " + std::to_string(i);
    limiter.attempt(rule, key, morning - 8760h);
    limiter.attempt(rule, key, morning - 8760h);
  }
  int kept = 0;
  for (int i = 0; i < 100; ++i) tries("hot " + std::to_string(i));
  for (int i = 0; i < 20'000; ++i) limiter.attempt(rule, "noise " + std::to_string(i), morning);
  for (int i = 0; i < 100; ++i) kept += go("hot " + std::to_string(i)) ? 0 : 1;
  EXPECT_EQ(kept, 100);
  int remembered = 0;  // single tries of today, which found room beside those of last year
  for (int i = 0; i < 1000; ++i) remembered += tries("noise " + std::to_string(19'000 + i)) == 9 ? 1 : 0;
  EXPECT_GT(remembered, 900);
}

class LimitsOfTwoHosts : public ::testing::Test {
 protected:
  static int tries(Limiter& limiter, Time now = morning) {
    int count = 0;
    while (count < 100 && limiter.attempt(rule, "ada", now) == 0s) ++count;
    return count;
  }
  test::Folder folder;
  Limiter there{folder / "there", site_key};
  Limiter here{folder / "here", site_key,
               [this](const LimitChange& change) { there.apply(change, morning); }};
};

TEST_F(LimitsOfTwoHosts, AreOne) {
  EXPECT_EQ(tries(here), 10);
  EXPECT_EQ(tries(there), 0);
  here.refund(rule, "ada", morning);
  EXPECT_EQ(tries(there), 1);
  here.forgive(rule, "ada");
  EXPECT_EQ(tries(there), 10);
}

TEST_F(LimitsOfTwoHosts, AreForgottenAsOne) {
  EXPECT_EQ(tries(here), 10);
  EXPECT_EQ(tries(there, morning + 899s), 1) << "the wait of a second is over, and that's all";
  EXPECT_EQ(tries(there, morning + 1799s), 10);
}

TEST_F(LimitsOfTwoHosts, DoNotGiveCreditForWhatWasNeverTried) {
  for (int i = 0; i < 3; ++i) here.refund(rule, "ada", morning);
  EXPECT_EQ(tries(there), 10);
}

TEST_F(LimitsOfTwoHosts, AreToldNothingOfTriesThatWereNone) {
  int told = 0;
  Limiter counted(folder / "counted", site_key, [&](const LimitChange&) { ++told; });
  EXPECT_EQ(tries(counted), 10);
  EXPECT_EQ(told, 10) << "the eleventh was refused";
}

TEST_F(LimitsOfTwoHosts, AreApartWhereTheSitesAre) {
  Limiter other(folder / "other", std::string(32, 'x'));
  Limiter telling(folder / "telling", site_key,
                  [&](const LimitChange& change) { other.apply(change, morning); });
  tries(telling);
  EXPECT_EQ(tries(other), 10);
  EXPECT_NE(other.host(), telling.host());
  EXPECT_EQ(Limiter(folder / "other", site_key).host(), other.host());
}

TEST_F(LimitsOfTwoHosts, HearEachPieceOfNewsOnceWhicheverWorkerHearsIt) {
  Limiter colleague(folder / "here", site_key);
  EXPECT_TRUE(here.is_news(7, 1, morning));
  EXPECT_FALSE(colleague.is_news(7, 1, morning));
  EXPECT_TRUE(colleague.is_news(7, 2, morning));
  EXPECT_FALSE(here.is_news(7, 2, morning));
  EXPECT_TRUE(here.is_news(8, 1, morning)) << "another sender";
  for (std::uint64_t sender = 100; sender < 355; ++sender) here.is_news(sender, 5, morning + 1s);
  EXPECT_FALSE(here.is_news(354, 5, morning + 1s));
  EXPECT_FALSE(here.is_news(8, 1, morning + 2s))
      << "255 others push the longest silent one out, not this one";
  EXPECT_TRUE(here.is_news(7, 2, morning + 2s));
}

}  // namespace
}  // namespace doorward::http
