// One budget of hashes for all workers of a host: never more at a time, and no seat is lost with its holder.
#include "crypto/hash_seats.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>
#include <vector>

#include "folder.hpp"
#include "process.hpp"

namespace doorward::crypto {
namespace {

using namespace std::chrono_literals;
using test::Process;
using test::Signal;

class Seats : public ::testing::Test {
 protected:
  test::Folder folder;
  const std::string path = folder / "hash_seats";
};

TEST_F(Seats, AreNeverMoreThanGiven) {
  struct Count {
    std::atomic<int> now, most, taken;
  };
  const SharedFile shared(folder / "count", "count", sizeof(Count));
  auto& count = *reinterpret_cast<Count*>(shared.data());
  std::vector<Process> workers;
  for (int worker = 0; worker < 3; ++worker) {
    workers.emplace_back([&] {
      HashSeats seats(path, 2);
      std::vector<std::thread> threads;
      for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
          for (int n = 0; n < 50; ++n) {
            const auto seat = seats.take(60s);
            if (!seat) continue;
            const int now = ++count.now;
            for (int most = count.most; now > most && !count.most.compare_exchange_weak(most, now);) {}
            std::this_thread::yield();
            ++count.taken;
            --count.now;
          }
        });
      }
      for (auto& thread : threads) thread.join();
      return 0;
    });
  }
  for (auto& worker : workers) EXPECT_EQ(worker.join(), 0);
  EXPECT_EQ(count.taken, 3 * 4 * 50) << "somebody was sent away";
  EXPECT_LE(count.most, 2);
  EXPECT_GE(count.most, 1);
}

TEST_F(Seats, OfAKilledWorkerAreFreeAgain) {
  HashSeats seats(path, 2);
  Signal sitting;
  Process worker([&] {
    HashSeats own(path, 2);
    const auto one = own.take(0ms);
    const auto two = own.take(0ms);
    if (one && two) sitting.send();
    ::pause();
    return 0;
  });
  sitting.wait();
  EXPECT_FALSE(seats.take(0ms));
  worker.kill();
  const auto one = seats.take(0ms);
  const auto two = seats.take(0ms);
  EXPECT_TRUE(one && two);
  EXPECT_FALSE(seats.take(0ms));
}

TEST_F(Seats, GivenBackAreTakenAgain) {
  HashSeats seats(path, 1);
  for (int i = 0; i < 3; ++i) {
    const auto seat = seats.take(0ms);
    EXPECT_TRUE(seat) << i;
  }
}

TEST_F(Seats, WaitingForThemEndsInTime) {
  HashSeats seats(path, 1);
  const auto taken = seats.take(0ms);
  std::thread([&] {
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_FALSE(seats.take(100ms));
    const auto waited = std::chrono::steady_clock::now() - begun;
    EXPECT_GE(waited, 90ms);
    EXPECT_LT(waited, 10s);
  }).join();
}

// Two wait, one seat only comes free, for a moment: both must get it, whichever seat each was waiting for.
TEST_F(Seats, AnyOfThemServesWhoeverWaits) {
  HashSeats seats(path, 2);
  auto kept = seats.take(0ms);
  std::optional<HashSeats::Seat> other(seats.take(0ms));
  std::atomic<int> served = 0;
  std::vector<std::thread> waiting;
  for (int i = 0; i < 4; ++i) waiting.emplace_back([&] { served += seats.take(20s).has_value() ? 1 : 0; });
  other.reset();
  for (auto& thread : waiting) thread.join();
  EXPECT_EQ(served, 4);
}

TEST_F(Seats, TooManyWaitingAreSentAwayAtOnce) {
  HashSeats seats(path, 1);
  auto taken = std::optional<HashSeats::Seat>(seats.take(0ms));
  std::atomic<unsigned> served = 0, sent_away = 0;
  std::vector<std::thread> waiting;
  for (unsigned i = 0; i < HashSeats::max_waiting + 8; ++i) {
    waiting.emplace_back([&] { ++(seats.take(60s).has_value() ? served : sent_away); });
  }
  // Nobody is served while the seat is taken, so the eight who found the row full are the first to end.
  EXPECT_TRUE(test::comes_true([&] { return sent_away == 8; }));
  EXPECT_EQ(served, 0U);
  taken.reset();
  for (auto& thread : waiting) thread.join();
  EXPECT_EQ(served, HashSeats::max_waiting);
}

}  // namespace
}  // namespace doorward::crypto
