#include "gate.hpp"

namespace memory_store {

bool Gate::enter_to_read(Deadline deadline) {
  std::unique_lock lock(mutex_);
  if (!readers_may_enter_.wait_until(lock, deadline, [this] { return !writing_ && waiting_writers_ == 0; }))
    return false;
  ++readers_;
  return true;
}

bool Gate::enter_to_write(Deadline deadline) {
  std::unique_lock lock(mutex_);
  ++waiting_writers_;
  const bool entered =
      writer_may_enter_.wait_until(lock, deadline, [this] { return !writing_ && readers_ == 0; });
  --waiting_writers_;
  writing_ = writing_ || entered;
  if (!entered && waiting_writers_ == 0) readers_may_enter_.notify_all();  // they had waited for this writer
  return entered;
}

void Gate::leave_after_read() {
  const std::lock_guard lock(mutex_);
  if (--readers_ == 0) writer_may_enter_.notify_one();
}

void Gate::leave_after_write() {
  const std::lock_guard lock(mutex_);
  writing_ = false;
  if (waiting_writers_ > 0)
    writer_may_enter_.notify_one();
  else
    readers_may_enter_.notify_all();
}

}  // namespace memory_store
