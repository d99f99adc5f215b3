// Many readers or one writer, with a deadline; a waiting writer goes before readers that come later, so that readers
// in a row can't keep it out. std::shared_timed_mutex promises neither of these.
#pragma once
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace memory_store {

using Deadline = std::chrono::steady_clock::time_point;

class Gate {  // any thread
 public:
  bool enter_to_read(Deadline deadline);  // false: not in time
  bool enter_to_write(Deadline deadline);
  void leave_after_read();
  void leave_after_write();

 private:
  std::mutex mutex_;
  std::condition_variable readers_may_enter_, writer_may_enter_;
  unsigned readers_ = 0;
  unsigned waiting_writers_ = 0;
  bool writing_ = false;
};

}  // namespace memory_store
