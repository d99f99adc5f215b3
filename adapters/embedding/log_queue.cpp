#include "embedding/log_queue.hpp"

#include <utility>

namespace doorward::embedding {

bool LogQueue::put(doorward_level level, std::string_view line) noexcept {
  const std::scoped_lock lock(mutex_);
  if (lines_.size() < capacity_) {
    try {
      lines_.push_back({level, std::string(line)});
      return true;
    } catch (...) {  // no memory: counted below
    }
  }
  ++lost_;
  return false;
}

LogQueue::Taken LogQueue::take() noexcept {
  const std::scoped_lock lock(mutex_);
  return {std::exchange(lines_, {}), std::exchange(lost_, 0)};
}

}  // namespace doorward::embedding
