// The log beside the file (-wal) keeps what was removed: SQLite writes over it when it happens to get there again, and takes
// it away with the last connection, which a site that runs always has. So a thread of each process empties it: within seconds
// of a commit that removed rows, and where nobody writes, which is how it also gets to what another process has left.
#pragma once
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "transaction.hpp"

namespace sqlite_store {

class Checkpoints {
 public:
  Checkpoints(Home& home, std::string path);
  Checkpoints(const Checkpoints&) = delete;
  Checkpoints& operator=(const Checkpoints&) = delete;
  ~Checkpoints() { stop(); }

  void start();          // [after the fork] throws std::system_error
  void stop() noexcept;  // first empties the log, where this process has removed something since
  void note_removal() noexcept { removed_ = true; }  // [any thread] committed

 private:
  struct Log {  // as it lies beside the file
    off_t size = 0;
    timespec modified{};
  };
  Log look() const noexcept;
  bool lies_still() noexcept;  // not empty, and as it was at the last look
  void run();
  void empty_where_due() noexcept;
  bool empty();  // false: somebody uses it. Throws SqliteError
  bool checkpoint(int mode);

  Home& home_;
  const std::string path_;
  std::atomic<bool> removed_ = false;
  Log seen_;
  bool reported_ = false;                   // that it failed; once in a row
  std::unique_ptr<Connection> connection_;  // from the first use on
  std::mutex mutex_;
  std::condition_variable woken_;
  bool stopping_ = false;  // of mutex_
  std::thread thread_;
};

}  // namespace sqlite_store
