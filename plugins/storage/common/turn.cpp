#include "common/turn.hpp"

namespace storage_common {

bool Turn::take(Deadline deadline) {
  std::unique_lock lock(mutex_);
  if (free_ > 0 && waiting_.empty()) {
    --free_;
    return true;
  }
  std::condition_variable mine;
  const auto place = waiting_.insert(waiting_.end(), &mine);
  const bool in_time =
      mine.wait_until(lock, deadline, [&] { return free_ > 0 && waiting_.front() == &mine; });
  waiting_.erase(place);
  if (in_time) --free_;
  call_next();
  return in_time;
}

void Turn::give_back() {
  const std::lock_guard lock(mutex_);
  ++free_;
  call_next();
}

void Turn::call_next() {
  if (free_ > 0 && !waiting_.empty()) waiting_.front()->notify_one();
}

}  // namespace storage_common
