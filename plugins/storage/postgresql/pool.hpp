// The connections of a worker: bounded, given out in order of arrival, kept for the next one, and ended aside where a call
// gave up waiting for its answer.
#pragma once
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "common/quiet_thread.hpp"
#include "connection.hpp"

namespace postgresql_store {

using storage_common::quiet_thread;

class Pool {  // any thread
 public:
  Pool(const Options& options, const sdk::Services& services);
  ~Pool();

  // Waits for a place, then gives a connection that was alive a moment ago, or a new one. Throws Failure.
  std::unique_ptr<Connection> take(Deadline deadline);
  // Gives the place back, and the connection where it may be used again. Null: it is gone already.
  void give_back(std::unique_ptr<Connection> connection) noexcept;
  // One that was opened beside the pool and may be used again.
  void keep(std::unique_ptr<Connection> connection) noexcept;
  // Ends a connection whose answer didn't come, aside: asks the server to give the statement up, where `cancel` says so, and
  // closes it. Its place stays taken until give_back(nullptr).
  void end(std::unique_ptr<Connection> connection, bool cancel) noexcept;
  // The others are likely to have met the same end.
  void drop_idle() noexcept;
  void stop() noexcept;  // once no transaction is open

  // A connection beside the pool. Throws as take() does.
  std::unique_ptr<Connection> open(const Limit& limit);
  // One line for the log; the same one again only after a minute, or once a connection was made in between.
  void report(const std::string& sentence) noexcept;

 private:
  struct Ending {
    std::unique_ptr<Connection> connection;
    bool cancel;
  };
  void run_endings();

  const Options& options_;
  const sdk::Services services_;
  storage_common::Turn turn_;
  std::atomic<std::size_t> first_host_ = 0;

  std::mutex mutex_;  // of all below
  std::vector<std::unique_ptr<Connection>> idle_;
  std::string reported_;
  Deadline reported_at_;
  std::vector<Ending> endings_;
  std::condition_variable ending_;
  bool ending_stops_ = false;
  std::thread ender_;
};

}  // namespace postgresql_store
