// For lines of the log that strangers can provoke: one in ten seconds, with how many were left out since.
#pragma once
#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace doorward::embedding {

class Seldom {  // any thread
 public:
  using Moment = std::chrono::time_point<std::chrono::steady_clock>;
  static constexpr std::chrono::seconds pause{10};

  // What to put behind the line, where it is to be said now. Empty text: nothing was left out. None: not now.
  std::optional<std::string> turn(Moment now) {
    const std::lock_guard lock(mutex_);
    if (now < next_) {
      ++left_out_;
      return std::nullopt;
    }
    next_ = now + pause;
    const auto left_out = std::exchange(left_out_, 0U);
    return left_out == 0 ? std::string() : " (and " + std::to_string(left_out) + " more such lines before)";
  }

 private:
  std::mutex mutex_;
  Moment next_;
  unsigned left_out_ = 0;
};

}  // namespace doorward::embedding
