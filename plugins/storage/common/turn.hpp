// Whose turn it is, among the threads of this process, where so many may go at a time: first come, first served, with a
// deadline. SQLite lets one write; PostgreSQL's pool has so many connections.
#pragma once
#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>

namespace storage_common {

using Deadline = std::chrono::steady_clock::time_point;

class Turn {  // any thread
 public:
  explicit Turn(std::size_t places = 1) : free_(places) {}
  bool take(Deadline deadline);  // false: not in time
  void give_back();

 private:
  void call_next();
  std::mutex mutex_;
  std::list<std::condition_variable*> waiting_;
  std::size_t free_;
};

}  // namespace storage_common
