#include "http/limiter.hpp"

#include <pthread.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <tuple>

#include "base/random.hpp"
#include "crypto/digest.hpp"

namespace doorward::http {
namespace {

constexpr std::size_t ways = 8;      // places a key may stand in
constexpr std::size_t sets = 16384;  // 131,072 entries of 24 bytes: 3 MiB
constexpr std::size_t locks = 64;    // each of sets / locks sets
constexpr std::size_t key_size = 32;
constexpr std::uint32_t max_count = 0xffff;

std::uint64_t milliseconds(Time now) { return static_cast<std::uint64_t>(to_microseconds(now) / 1000); }
std::uint64_t milliseconds(std::chrono::seconds time) {
  return static_cast<std::uint64_t>(time.count()) * 1000;
}

// Milliseconds between try `count` and the next.
std::uint64_t wait_after(const LimitRule& rule, std::uint32_t count) {
  const std::uint32_t over = std::min(count - rule.tries, 30U);
  return std::min(milliseconds(rule.longest_wait), std::uint64_t{1000} << over);
}

// A lock that goes back when its holder dies; what the holder was counting stays as far as it had come.
class Held {
 public:
  explicit Held(pthread_mutex_t& mutex) : mutex_(mutex) {
    if (pthread_mutex_lock(&mutex_) == EOWNERDEAD) pthread_mutex_consistent(&mutex_);
  }
  ~Held() { pthread_mutex_unlock(&mutex_); }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

 private:
  pthread_mutex_t& mutex_;
};

}  // namespace

struct Limiter::Entry {
  std::uint64_t tag;              // 0: free
  std::uint64_t forgotten_at_ms;  // the last try's time and the rule's `forget`: then the tries count no more
  std::uint32_t count;            // tries

  std::uint32_t tries_at(std::uint64_t now_ms) const { return now_ms < forgotten_at_ms ? count : 0; }
};

struct Limiter::Table {
  alignas(64) char key[key_size];
  struct alignas(64) Lock {
    pthread_mutex_t mutex;
  } lock[locks];
  Entry entries[sets][ways];

  static void lay_out(std::byte* memory) {
    auto* table = new (memory) Table;  // of zeros, and left so
    const std::string key = SystemRandom().bytes(key_size);
    std::memcpy(table->key, key.data(), key.size());
    pthread_mutexattr_t kind;
    pthread_mutexattr_init(&kind);
    pthread_mutexattr_setpshared(&kind, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&kind, PTHREAD_MUTEX_ROBUST);
    for (Lock& lock : table->lock) pthread_mutex_init(&lock.mutex, &kind);
    pthread_mutexattr_destroy(&kind);
  }
  pthread_mutex_t& lock_of(std::uint64_t tag) { return lock[tag % locks].mutex; }  // `locks` divides `sets`

  Entry* find(std::uint64_t tag) {
    Entry* set = entries[tag % sets];
    Entry* found = std::find_if(set, set + ways, [tag](const Entry& entry) { return entry.tag == tag; });
    return found == set + ways ? nullptr : found;
  }

  // The place of one whose tries count no more, else of the one with the fewest, the oldest among equals.
  Entry* find_or_claim(std::uint64_t tag, std::uint64_t now_ms) {
    if (Entry* found = find(tag)) return found;
    Entry* set = entries[tag % sets];
    const auto worth = [now_ms](const Entry& entry) {
      return std::tuple(entry.tries_at(now_ms), entry.forgotten_at_ms);
    };
    Entry* weakest = std::min_element(set, set + ways,
                                      [&](const Entry& a, const Entry& b) { return worth(a) < worth(b); });
    *weakest = Entry{tag, 0, 0};
    return weakest;
  }
};

Limiter::Limiter(const std::string& path)
    : file_(path, "limits/2", sizeof(Table), Table::lay_out),
      table_(reinterpret_cast<Table*>(file_.data())) {}

std::uint64_t Limiter::tag(const LimitRule& rule, std::string_view key) const {
  std::string text(rule.kind);
  text += '\0';
  text += key;
  const std::string digest = crypto::keyed_digest({table_->key, key_size}, text);
  std::uint64_t tag = 0;
  std::memcpy(&tag, digest.data(), sizeof tag);
  return tag == 0 ? 1 : tag;
}

std::chrono::seconds Limiter::attempt(const LimitRule& rule, std::string_view key, Time now) {
  const std::uint64_t now_ms = milliseconds(now);
  const std::uint64_t forgotten_at_ms = now_ms + milliseconds(rule.forget);
  const std::uint64_t tag = this->tag(rule, key);
  const Held held(table_->lock_of(tag));
  Entry& entry = *table_->find_or_claim(tag, now_ms);
  const std::uint32_t count = entry.tries_at(now_ms);
  if (count >= rule.tries) {
    // A clock that was set back must not make anybody wait until it has caught up.
    entry.forgotten_at_ms = std::min(entry.forgotten_at_ms, forgotten_at_ms);
    const std::uint64_t age = forgotten_at_ms - entry.forgotten_at_ms;
    const std::uint64_t wait = wait_after(rule, count);
    if (age < wait) return std::chrono::seconds((wait - age + 999) / 1000);
  }
  entry = Entry{tag, forgotten_at_ms, std::min(count + 1, max_count)};
  return std::chrono::seconds(0);
}

void Limiter::refund(const LimitRule& rule, std::string_view key, Time) {
  const std::uint64_t tag = this->tag(rule, key);
  const Held held(table_->lock_of(tag));
  Entry* entry = table_->find(tag);
  if (entry != nullptr && entry->count > 0) --entry->count;
}

void Limiter::forgive(const LimitRule& rule, std::string_view key) {
  const std::uint64_t tag = this->tag(rule, key);
  const Held held(table_->lock_of(tag));
  if (Entry* entry = table_->find(tag)) *entry = Entry{0, 0, 0};
}

}  // namespace doorward::http
