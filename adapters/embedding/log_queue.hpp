// Log lines on their way from the engine's threads to the one thread that may write the server's log.
#pragma once
#include <doorward/host.h>

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::embedding {

struct LogLine {
  doorward_level level = DOORWARD_ERROR;
  std::string text;
};

class LogQueue {
 public:
  explicit LogQueue(std::size_t capacity) : capacity_(capacity) {}

  // [any thread] False when the line was lost: the queue is full, or there is no memory. Losses are counted.
  bool put(doorward_level level, std::string_view line) noexcept;

  struct Taken {
    std::vector<LogLine> lines;
    std::size_t lost = 0;
  };
  // [any thread] Everything so far, in order.
  Taken take() noexcept;

 private:
  const std::size_t capacity_;
  std::mutex mutex_;
  std::vector<LogLine> lines_;
  std::size_t lost_ = 0;
};

}  // namespace doorward::embedding
