// The change feed: one connection of its own that listens, and asks at each interval whether it has heard everything.
//
// Why the answer is enough. A committing session puts its notifications into the server's queue before its commit, and signals
// every listening session after it, but before it answers the client (PreCommit_Notify and AtCommit_Notify in
// src/backend/commands/async.c). A session that was signalled sends what stands in the queue before it says that it is ready for
// the next statement (PostgresMain in src/backend/tcop/postgres.c: ProcessNotifyInterrupt stands before ReadyForQuery, since
// version 13). So whatever was acknowledged before we asked stands before the answer.
#pragma once
#include "pool.hpp"

namespace postgresql_store {

class Feed {
 public:
  // Starts the thread; nothing is waited for.
  Feed(Pool& pool, const Options& options, const sdk::Listener& listener);
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;
  ~Feed();  // no call comes once it has returned

 private:
  void run();
  void listen();  // until the connection is lost or silent
  void hear(Connection& connection);
  bool pause(std::chrono::milliseconds time) const;  // false: it is over
  bool is_over() const { return !pause(std::chrono::milliseconds(0)); }

  Pool& pool_;
  const Options& options_;
  const sdk::Listener listener_;
  const int wake_;  // eventfd(2), readable once it is over
  bool heard_something_ = false;
  std::thread thread_;
};

}  // namespace postgresql_store
