// What all connections of a running server share.
#pragma once
#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <mutex>

#include "embedding/seldom.hpp"
#include "server/forward_auth.hpp"
#include "server/protection.hpp"
#include "server/site.hpp"
#include "server/static_files.hpp"
#include "server/target.hpp"
#include "server/wire_limits.hpp"

namespace doorward::server {

constexpr unsigned blocking_threads = 16;
constexpr unsigned most_blocked = 256;  // requests in and before the pool; over it the answer is 503

struct Service {
  Protections protections;
  ForwardAuth forward_auth;
  bool assertion = false;  // applications are told a signed one, too
  WireLimits limits;
  std::vector<Upstream> upstreams;
  std::unique_ptr<StaticFiles> files;  // where no upstream is; null: there is nothing

  boost::asio::thread_pool blocking{blocking_threads};  // the only place where calls of the engine may block
  std::atomic<unsigned> blocked{0};
  std::atomic<bool> stopping{false};
  embedding::Seldom unanswered;  // questions to forward_auth that nobody could answer

  // The application whose place holds `path`; null: a file. [any thread]
  const Upstream* upstream_for(std::string_view path) const noexcept {
    const Upstream* best = nullptr;
    for (const Upstream& each : upstreams)
      if (holds(each.place, path) && (best == nullptr || each.place.size() > best->place.size()))
        best = &each;
    return best;
  }

  std::shared_ptr<const Site> site() const {  // [any thread]
    const std::lock_guard lock(mutex_);
    return site_;
  }
  std::shared_ptr<const Site> replace(std::shared_ptr<const Site> site) {  // returns the one before
    const std::lock_guard lock(mutex_);
    site_.swap(site);
    return site;
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Site> site_;
};

}  // namespace doorward::server
