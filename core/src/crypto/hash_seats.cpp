#include "crypto/hash_seats.hpp"

#include <pthread.h>

#include <algorithm>
#include <cerrno>
#include <new>

#include "base/clock.hpp"

namespace doorward::crypto {
namespace {

constexpr std::chrono::milliseconds longest_part{20};

struct alignas(64) Slot {
  pthread_mutex_t mutex;
};
struct Layout {
  std::atomic<unsigned> next;  // whose turn it is to be waited for
  alignas(64) Slot slots[HashSeats::max_seats];
};

void lay_out(std::byte* memory) {
  auto* layout = new (memory) Layout;
  pthread_mutexattr_t kind;
  pthread_mutexattr_init(&kind);
  pthread_mutexattr_setpshared(&kind, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust(&kind, PTHREAD_MUTEX_ROBUST);
  for (Slot& slot : layout->slots) pthread_mutex_init(&slot.mutex, &kind);
  pthread_mutexattr_destroy(&kind);
}

// True: the mutex is ours, also where its owner has died with it.
bool is_ours(int result, pthread_mutex_t* mutex) {
  if (result == EOWNERDEAD) return pthread_mutex_consistent(mutex) == 0;
  return result == 0;
}

}  // namespace

HashSeats::HashSeats(const std::string& path, unsigned seats)
    : seats_(seats), file_(path, "hash_seats/1", sizeof(Layout), lay_out) {}

std::optional<HashSeats::Seat> HashSeats::take(std::chrono::milliseconds wait) {
  auto* layout = reinterpret_cast<Layout*>(file_.data());
  const unsigned first = layout->next.fetch_add(1, std::memory_order_relaxed) % seats_;
  const auto free_one = [&]() -> pthread_mutex_t* {
    for (unsigned i = 0; i < seats_; ++i) {
      pthread_mutex_t* mutex = &layout->slots[(first + i) % seats_].mutex;
      if (is_ours(pthread_mutex_trylock(mutex), mutex)) return mutex;
    }
    return nullptr;
  };
  if (pthread_mutex_t* mutex = free_one()) return Seat(mutex);
  struct Waiting {
    std::atomic<unsigned>& count;
    unsigned before = count.fetch_add(1);
    ~Waiting() { count.fetch_sub(1); }
  } waiting{waiting_};
  if (waiting.before >= max_waiting) return std::nullopt;
  // One can wait for one seat only: now and then, a look at the others.
  while (wait.count() > 0) {
    const auto part = std::min(wait, longest_part);
    const timespec limit = wait_limit(part);
    pthread_mutex_t* mutex = &layout->slots[first].mutex;
    if (is_ours(pthread_mutex_timedlock(mutex, &limit), mutex)) return Seat(mutex);
    if (pthread_mutex_t* other = free_one()) return Seat(other);
    wait -= part;
  }
  return std::nullopt;
}

HashSeats::Seat::~Seat() {
  if (mutex_ != nullptr) pthread_mutex_unlock(static_cast<pthread_mutex_t*>(mutex_));
}

}  // namespace doorward::crypto
