// Keeps a mail server that is down from holding up the outbox with one deadline after another: after three
// failures in a row nothing is tried for a while, then one letter, and again.
#pragma once
#include <algorithm>

#include "base/clock.hpp"

namespace doorward::mail {

class Breaker {  // one thread
 public:
  static constexpr int tolerated = 3;
  static constexpr std::chrono::seconds first_pause{30};
  static constexpr std::chrono::seconds longest_pause{
      60};  // the last try of a letter is planned a minute before its end, or more

  void succeeded() { failures_ = 0; }
  void failed(Time now) {
    failures_ = std::min(failures_ + 1, tolerated + 10);
    if (failures_ >= tolerated)
      until_ = now + std::min<Duration>(first_pause * (1 << (failures_ - tolerated)), longest_pause);
  }
  // Nothing is tried before. A pause that is longer than any comes of a clock that was ahead, and is over.
  Time until(Time now) const { return until_ - now > longest_pause ? now : until_; }

 private:
  int failures_ = 0;
  Time until_{};
};

}  // namespace doorward::mail
