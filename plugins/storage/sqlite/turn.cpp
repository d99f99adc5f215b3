#include "turn.hpp"

#include <algorithm>

namespace sqlite_store {

bool Turn::take(Deadline deadline) {
  std::unique_lock lock(mutex_);
  if (!taken_ && waiting_.empty()) return taken_ = true;
  std::condition_variable mine;
  const auto place = waiting_.insert(waiting_.end(), &mine);
  const bool in_time = mine.wait_until(lock, deadline, [&] { return !taken_ && waiting_.front() == &mine; });
  waiting_.erase(place);
  if (in_time) return taken_ = true;
  if (!taken_ && !waiting_.empty()) waiting_.front()->notify_one();
  return false;
}

void Turn::give_back() {
  const std::lock_guard lock(mutex_);
  taken_ = false;
  if (!waiting_.empty()) waiting_.front()->notify_one();
}

}  // namespace sqlite_store
