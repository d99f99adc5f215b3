#include "http/limiter.hpp"

#include <pthread.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <span>
#include <tuple>
#include <utility>

#include "base/random.hpp"
#include "crypto/digest.hpp"

namespace doorward::http {
namespace {

constexpr std::size_t ways = 8;       // places a key may stand in
constexpr std::size_t sets = 16384;   // 131,072 entries of 24 bytes: 3 MiB
constexpr std::size_t locks = 64;     // each of sets / locks sets
constexpr std::size_t senders = 256;  // workers of other hosts that are remembered
constexpr std::uint32_t max_count = 0xffff;

std::uint64_t milliseconds(Time now) { return static_cast<std::uint64_t>(to_microseconds(now) / 1000); }
std::uint64_t milliseconds(std::chrono::seconds time) {
  return static_cast<std::uint64_t>(time.count()) * 1000;
}

// Milliseconds between try `count` and the next.
std::uint64_t wait_after(const LimitRule& rule, std::uint32_t count) {
  const std::uint32_t over = std::min(count - rule.tries, 30U);
  return std::min(milliseconds(rule.longest_wait), milliseconds(rule.first_wait) << over);
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

struct Limiter::Sender {
  std::uint64_t id;  // 0: free
  std::uint64_t number, heard_at_ms;
};

struct Limiter::Table {
  std::uint64_t host;
  struct alignas(64) Lock {
    pthread_mutex_t mutex;
  } lock[locks], senders_lock;
  Sender sender[senders];
  Entry entries[sets][ways];

  static void lay_out(std::byte* memory) {
    auto* table = new (memory) Table;  // of zeros, and left so
    const std::string host = SystemRandom().bytes(sizeof table->host);
    std::memcpy(&table->host, host.data(), host.size());
    pthread_mutexattr_t kind;
    pthread_mutexattr_init(&kind);
    pthread_mutexattr_setpshared(&kind, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&kind, PTHREAD_MUTEX_ROBUST);
    for (Lock& lock : table->lock) pthread_mutex_init(&lock.mutex, &kind);
    pthread_mutex_init(&table->senders_lock.mutex, &kind);
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

Limiter::Limiter(const std::string& path, std::string_view key, Tell tell)
    : key_(key),
      tell_(std::move(tell)),
      file_(path, "limits/3", sizeof(Table), Table::lay_out),
      table_(reinterpret_cast<Table*>(file_.data())) {}

std::uint64_t Limiter::tag(const LimitRule& rule, std::string_view key) const {
  std::string text(rule.kind);
  text += '\0';
  text += key;
  const std::string digest = crypto::keyed_digest(key_, text);
  std::uint64_t tag = 0;
  std::memcpy(&tag, digest.data(), sizeof tag);
  return tag == 0 ? 1 : tag;
}

void Limiter::tell(const LimitChange& change) const {
  if (tell_) tell_(change);
}

std::chrono::seconds Limiter::attempt(const LimitRule& rule, std::string_view key, Time now) {
  const std::uint64_t now_ms = milliseconds(now);
  const std::uint64_t forgotten_at_ms = now_ms + milliseconds(rule.forget);
  const std::uint64_t tag = this->tag(rule, key);
  {
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
  }
  tell({tag, false, 1, rule.forget});
  return std::chrono::seconds(0);
}

void Limiter::refund(const LimitRule& rule, std::string_view key, Time now) {
  const LimitChange change{tag(rule, key), false, -1, rule.forget};
  apply(change, now);
  tell(change);
}

void Limiter::forgive(const LimitRule& rule, std::string_view key) {
  const LimitChange change{tag(rule, key), true, 0, rule.forget};
  apply(change, Time{});
  tell(change);
}

void Limiter::apply(const LimitChange& change, Time now) {
  const std::uint64_t now_ms = milliseconds(now);
  const Held held(table_->lock_of(change.tag));
  if (Entry* entry = table_->find(change.tag); entry != nullptr && change.forgiven) *entry = Entry{0, 0, 0};
  if (change.tries > 0) {
    Entry& entry = *table_->find_or_claim(change.tag, now_ms);
    const std::uint32_t count = entry.tries_at(now_ms) + static_cast<std::uint32_t>(change.tries);
    entry = Entry{change.tag, now_ms + milliseconds(change.forget), std::min(count, max_count)};
  } else if (Entry* entry = table_->find(change.tag)) {
    entry->count -= std::min(entry->count, static_cast<std::uint32_t>(-change.tries));
  }
}

std::uint64_t Limiter::host() const { return table_->host; }

bool Limiter::is_news(std::uint64_t sender, std::uint64_t number, Time now) {
  const Held held(table_->senders_lock.mutex);
  const auto all = std::span(table_->sender);
  auto known = std::find_if(all.begin(), all.end(), [&](const Sender& one) { return one.id == sender; });
  if (known == all.end()) {  // the place of the one that has been silent for longest
    known = std::min_element(all.begin(), all.end(),
                             [](const Sender& a, const Sender& b) { return a.heard_at_ms < b.heard_at_ms; });
    *known = Sender{sender, 0, 0};
  }
  known->heard_at_ms = milliseconds(now);
  if (number <= known->number) return false;
  known->number = number;
  return true;
}

}  // namespace doorward::http
