#include "checkpoints.hpp"

#include <sys/stat.h>

#include <utility>

#include "common/quiet_thread.hpp"

namespace sqlite_store {

namespace {

// However often rows are removed, the log is emptied once in that time: a write that makes the file grow costs the disk
// more than one in its midst.
constexpr std::chrono::seconds look_every{2};
// Who empties it keeps others from writing, for as long as a reader still needs it.
constexpr std::chrono::milliseconds patience{50};
constexpr std::chrono::seconds time_to_get_a_turn{1};
constexpr std::chrono::seconds time_to_open{5};

}  // namespace

Checkpoints::Checkpoints(Home& home, std::string path) : home_(home), path_(std::move(path)) {}

void Checkpoints::start() {
  if (thread_.joinable()) return;
  stopping_ = false;
  thread_ = storage_common::quiet_thread([this] { run(); });
}

void Checkpoints::stop() noexcept {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  woken_.notify_all();
  if (thread_.joinable()) thread_.join();
  if (removed_) empty_where_due();
  removed_ = false;
  connection_.reset();
}

void Checkpoints::run() {
  std::unique_lock lock(mutex_);
  while (!woken_.wait_for(lock, look_every, [this] { return stopping_; })) {
    lock.unlock();
    empty_where_due();
    lock.lock();
  }
}

Checkpoints::Log Checkpoints::look() const noexcept {
  struct stat log{};
  if (::stat((path_ + "-wal").c_str(), &log) != 0) return {};
  return {log.st_size, log.st_mtim};
}

bool Checkpoints::lies_still() noexcept {
  const Log log = look();
  const Log before = std::exchange(seen_, log);
  return log.size > 0 && log.size == before.size && log.modified.tv_sec == before.modified.tv_sec &&
         log.modified.tv_nsec == before.modified.tv_nsec;
}

void Checkpoints::empty_where_due() noexcept {
  const bool still = lies_still();
  if (!removed_.exchange(false) && !still) return;
  try {
    if (!empty()) removed_ = true;  // again at the next look
    reported_ = false;
  } catch (const std::exception& error) {
    removed_ = true;
    connection_.reset();
    if (!std::exchange(reported_, true))
      home_.report(std::string("the log can't be emptied: ") + error.what());
  }
}

bool Checkpoints::empty() {
  const auto begin = Deadline::clock::now();
  if (connection_ == nullptr) connection_ = std::make_unique<Connection>(path_, begin + time_to_open);
  // Copies beside those who write, so that little is left for the moment in which they wait.
  checkpoint(SQLITE_CHECKPOINT_PASSIVE);
  if (!home_.turn.take(begin + time_to_get_a_turn)) return false;
  const std::unique_ptr<Turn, void (*)(Turn*)> taken(&home_.turn, [](Turn* turn) { turn->give_back(); });
  connection_->set_deadline(Deadline::clock::now() + patience);
  return checkpoint(SQLITE_CHECKPOINT_TRUNCATE);
}

bool Checkpoints::checkpoint(int mode) {
  const int code = sqlite3_wal_checkpoint_v2(connection_->raw(), nullptr, mode, nullptr, nullptr);
  if (code == SQLITE_OK) return true;
  if ((code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED) return false;
  throw SqliteError(code, sqlite3_errmsg(connection_->raw()));
}

}  // namespace sqlite_store
