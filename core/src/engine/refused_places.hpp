// Who is signed in and was refused a protected page for lack of a role or a level, in the audit. The answer is given on a web
// server's event loop, where nothing waits for a store: there a short list is kept, and jobs write it.
//
// Somebody who asks again and again for one place leaves one record a minute in a worker, and all of it counts with whatever
// else is refused (engine/refused_requests): those left out are told by number.
#pragma once
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "engine/refused_requests.hpp"
#include "engine/session_cache.hpp"
#include "http/request.hpp"

namespace doorward::engine {

class RefusedPlaces {  // any thread
 public:
  explicit RefusedPlaces(const flows::Services& services) : services_(services), records_(services) {}

  // Never blocks, never throws. `id`: of the request, as its page shows it.
  void note(const http::Request& request, const Identity& identity, const std::string& id) noexcept;
  void write();  // what was noted; waits for the store

 private:
  bool is_known(const std::string& who_and_where, Time now);

  const flows::Services& services_;
  RefusedRequests records_;
  std::mutex mutex_;
  std::vector<records::AuditEntry> noted_;
  std::map<std::string, Time> known_;  // since when
};

}  // namespace doorward::engine
