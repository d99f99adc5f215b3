#include "pool.hpp"

#include <utility>

namespace postgresql_store {

using sdk::Failure;
using sdk::Status;

Pool::Pool(const Options& options, const sdk::Services& services)
    : options_(options), services_(services), turn_(options.pool) {}

Pool::~Pool() { stop(); }

std::unique_ptr<Connection> Pool::open(const Limit& limit) {
  try {
    auto connection = std::make_unique<Connection>(options_, first_host_, limit);
    const std::lock_guard lock(mutex_);
    if (!std::exchange(reported_, {}).empty()) services_.info("storage postgresql: connected again");
    return connection;
  } catch (const Lost& lost) {
    report(lost.what());
    throw Failure(Status::unavailable, lost.what());
  } catch (const Failure& failure) {
    report(failure.what());
    throw;
  }
}

std::unique_ptr<Connection> Pool::take(Deadline deadline) {
  if (!turn_.take(deadline))
    throw Failure(Status::unavailable, "all connections of this worker were in use for too long");
  try {
    while (true) {
      std::unique_ptr<Connection> connection;
      {
        const std::lock_guard lock(mutex_);
        if (idle_.empty()) break;
        connection = std::move(idle_.back());  // the one used last is the warmest
        idle_.pop_back();
      }
      if (connection->is_alive()) return connection;
    }
    return open({deadline});
  } catch (...) {
    turn_.give_back();
    throw;
  }
}

void Pool::give_back(std::unique_ptr<Connection> connection) noexcept {
  if (connection != nullptr) keep(std::move(connection));
  turn_.give_back();
}

void Pool::keep(std::unique_ptr<Connection> connection) noexcept {
  const std::lock_guard lock(mutex_);
  if (idle_.size() < options_.pool) idle_.push_back(std::move(connection));
}

void Pool::drop_idle() noexcept {
  std::vector<std::unique_ptr<Connection>> dropped;
  const std::lock_guard lock(mutex_);
  dropped.swap(idle_);
}

void Pool::end(std::unique_ptr<Connection> connection, bool cancel) noexcept {
  const std::lock_guard lock(mutex_);
  if (ending_stops_) return;
  endings_.push_back({std::move(connection), cancel});
  if (!ender_.joinable()) ender_ = quiet_thread([this] { run_endings(); });
  ending_.notify_one();
}

// PQcancel opens a connection of its own and waits for it, which a silent network makes long: up to tcp_user_timeout.
void Pool::run_endings() {
  std::unique_lock lock(mutex_);
  while (!ending_stops_ || !endings_.empty()) {
    if (endings_.empty()) {
      ending_.wait(lock);
      continue;
    }
    Ending one = std::move(endings_.back());
    endings_.pop_back();
    const bool cancel = one.cancel && !ending_stops_;
    lock.unlock();
    if (cancel) {
      char fault[256];
      PGcancel* canceller = one.connection->canceller();
      if (canceller != nullptr) PQcancel(canceller, fault, sizeof(fault));
      PQfreeCancel(canceller);
    }
    one.connection.reset();
    lock.lock();
  }
}

void Pool::stop() noexcept {
  drop_idle();
  {
    const std::lock_guard lock(mutex_);
    ending_stops_ = true;
    ending_.notify_one();
  }
  if (ender_.joinable()) ender_.join();
  ender_ = std::thread();
  const std::lock_guard lock(mutex_);
  ending_stops_ = false;
}

void Pool::report(const std::string& sentence) noexcept {
  const std::lock_guard lock(mutex_);
  const Deadline now = Deadline::clock::now();
  if (sentence == reported_ && now < reported_at_ + std::chrono::minutes(1)) return;
  reported_ = sentence;
  reported_at_ = now;
  services_.error("storage postgresql: " + sentence);
}

}  // namespace postgresql_store
