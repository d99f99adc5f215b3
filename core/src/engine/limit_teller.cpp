#include "engine/limit_teller.hpp"

#include <algorithm>
#include <cstring>
#include <exception>
#include <utility>

#include "base/quiet_thread.hpp"
#include "engine/limit_news.hpp"

namespace doorward::engine {
namespace {

constexpr std::chrono::milliseconds breath{50};
constexpr std::chrono::milliseconds pause_after_failure{1000};
constexpr std::chrono::milliseconds send_timeout{2000};

std::uint64_t random_number(Random& random) {
  const std::string bytes = random.bytes(sizeof(std::uint64_t));
  std::uint64_t number = 0;
  std::memcpy(&number, bytes.data(), sizeof number);
  return std::max<std::uint64_t>(number, 1);
}

// `later` comes after what is known of the same counter.
void add(http::LimitChange& known, const http::LimitChange& later) {
  if (later.forgiven) known = {known.tag, true, 0, known.forget};
  known.tries += later.tries;
  known.forget = std::max(known.forget, later.forget);
}

}  // namespace

LimitTeller::LimitTeller(records::Database& database, std::uint64_t host, std::string key, Random& random,
                         Log& log)
    : database_(database), log_(log), host_(host), sender_(random_number(random)), key_(std::move(key)) {
  thread_ = quiet_thread([this] { loop(); });
}

LimitTeller::~LimitTeller() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void LimitTeller::tell(const http::LimitChange& change) noexcept {
  try {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= most_counters && !waiting_.contains(change.tag)) return;
    const auto [known, fresh] = waiting_.try_emplace(change.tag, change);
    if (!fresh) add(known->second, change);
  } catch (const std::bad_alloc&) {  // the other hosts count a little less
    return;
  }
  wake_.notify_one();
}

void LimitTeller::loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const bool last = stopping_;
    const Changes changes = std::exchange(waiting_, {});
    lock.unlock();
    const bool sent = send(changes);
    lock.lock();
    if (!sent) keep(changes);
    if (last) return;
    wake_.wait_for(lock, sent ? breath : pause_after_failure, [this] { return stopping_; });
  }
}

bool LimitTeller::send(const Changes& changes) {
  LimitNews news{host_, sender_, number_, {}};
  for (const auto& [tag, change] : changes)
    if (change.forgiven || change.tries != 0) news.changes.push_back(change);
  const auto messages = messages_of(news, key_);
  if (messages.empty()) return true;
  number_ += messages.size();  // also when it fails: it may have been committed all the same
  try {
    // No row is written: a store that takes no writes (records/maintenance) hands it on all the same.
    database_.maintain(
        [&](records::Transaction& tx) {
          for (const std::string& message : messages) tx.store().announce(message);
        },
        send_timeout);
    silent_ = false;
  } catch (const std::exception& error) {
    if (!std::exchange(silent_, true))
      log_.warning(std::string("other hosts don't hear of tries that were counted here: ") + error.what());
    return false;
  }
  return true;
}

// Before what has come since.
void LimitTeller::keep(const Changes& changes) {
  for (const auto& [tag, change] : changes) {
    if (waiting_.size() >= most_counters) return;
    const auto [later, only] = waiting_.try_emplace(tag, change);
    if (only) continue;
    http::LimitChange both = change;
    add(both, later->second);
    later->second = both;
  }
}

}  // namespace doorward::engine
