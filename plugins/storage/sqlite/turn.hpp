// Whose turn it is to write, among the threads of this process: first come, first served, with a deadline. SQLite's
// own lock is for processes; it is waited for by asking again and again, and lets anybody in who happens to ask.
#pragma once
#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>

namespace sqlite_store {

using Deadline = std::chrono::steady_clock::time_point;

class Turn {  // any thread
 public:
  bool take(Deadline deadline);  // false: not in time
  void give_back();

 private:
  std::mutex mutex_;
  std::list<std::condition_variable*> waiting_;
  bool taken_ = false;
};

}  // namespace sqlite_store
