#include "records/database.hpp"

#include <algorithm>

#include "base/clock.hpp"
#include "base/errors.hpp"
#include "base/random.hpp"
#include "records/feed.hpp"
#include "records/maintenance.hpp"

namespace doorward::records {
namespace {

// Somebody was in the way: give them a moment, longer each time, and not the same one as everybody else.
void back_off(unsigned attempt) {
  SystemRandom random;
  const auto jitter = static_cast<unsigned char>(random.bytes(1)[0]);
  wait_for(std::chrono::microseconds((200U << std::min(attempt, 6U)) * (128U + jitter) / 256U));
}

}  // namespace

void Database::prepare(std::span<const Table> tables) {
  store_.prepare(tables);
  prepared_.store(true, std::memory_order_release);
}

void Database::run_attempts(Access access, const Attempt& attempt, std::chrono::milliseconds timeout) {
  if (!prepared_.load(std::memory_order_acquire)) throw Unavailable("the store has not been reached yet");
  const Mode mode = access == Access::read ? Mode::read : Mode::write;
  const Duration limit = since_boot() + timeout;
  for (unsigned tries = 0;; ++tries) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(limit - since_boot());
    if (left.count() <= 0) throw Unavailable("the store was busy for too long");
    try {
      const auto store = store_.begin(mode, left);
      Transaction tx(*store, epochs_);
      if (access == Access::write) Maintenances(tx).must_take_writes();
      attempt(tx);
      if (tx.abandoned_ || mode == Mode::read) return;
      if (tx.revoked_.empty()) {
        store->commit();
      } else {
        std::sort(tx.revoked_.begin(), tx.revoked_.end());
        tx.revoked_.erase(std::unique(tx.revoked_.begin(), tx.revoked_.end()), tx.revoked_.end());
        if (store_.has_feed()) {
          for (const std::string& message : Feed::messages(tx.revoked_)) store->announce(message);
        }
        const Epochs::Revocation announced(epochs_, std::move(tx.revoked_));
        store->commit();
      }
      return;
    } catch (const Busy&) {
      back_off(tries);
    }
  }
}

}  // namespace doorward::records
