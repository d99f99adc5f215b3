// Tells the other hosts of a site what this worker has counted, a moment after: what a limit lets through is then so much in
// all, and not so much on each host. What falls into one breath is told together.
//
// A thread of its own, since the limiter is asked where nobody may wait. While the store can't be written to, what was
// counted is kept, in bounded memory, and told afterwards.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "base/log.hpp"
#include "base/random.hpp"
#include "http/limiter.hpp"
#include "records/database.hpp"

namespace doorward::engine {

class LimitTeller {
 public:
  static constexpr std::size_t most_counters = 10'000;  // that wait; further ones are told to nobody

  // `host` and `key`: of the limiter whose counts are told.
  LimitTeller(records::Database& database, std::uint64_t host, std::string key, Random& random, Log& log);
  ~LimitTeller();  // tells what is left, where the store takes it at once

  void tell(const http::LimitChange& change) noexcept;  // any thread, never blocks

 private:
  using Changes = std::map<std::uint64_t, http::LimitChange>;  // by tag
  void loop();
  bool send(const Changes& changes);
  void keep(const Changes& changes);

  records::Database& database_;
  Log& log_;
  const std::uint64_t host_, sender_;
  const std::string key_;
  std::uint64_t number_ = 1;  // of the next message; the thread's
  bool silent_ = false;       // the log knows that the store doesn't take it; the thread's
  std::mutex mutex_;
  std::condition_variable wake_;
  Changes waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace doorward::engine
