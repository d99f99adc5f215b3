// Time and chance as a test wants them.
#pragma once
#include <chrono>
#include <mutex>
#include <random>

#include "base/clock.hpp"
#include "base/random.hpp"

namespace doorward::test {

inline const Time morning =
    Time(std::chrono::sys_days(std::chrono::year(2027) / 1 / 4)) + std::chrono::hours(8);

class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed = 1) : engine_(seed) {}
  void fill(std::span<std::byte> out) override {
    const std::lock_guard lock(mutex_);
    for (std::byte& byte : out) byte = static_cast<std::byte>(engine_());
  }

 private:
  std::mutex mutex_;
  std::mt19937_64 engine_;
};

class StandingClock final : public Clock {
 public:
  Time now() const override { return now_; }
  void advance(Duration by) { now_ += by; }

 private:
  Time now_ = morning;
};

}  // namespace doorward::test
