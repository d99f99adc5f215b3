#include "http/limiter.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "base/random.hpp"
#include "crypto/digest.hpp"

namespace doorward::http {
namespace {

constexpr std::size_t ways = 8;      // places a key may stand in
constexpr std::size_t sets = 16384;  // 131,072 entries of 16 bytes: 2 MiB
constexpr std::size_t key_size = 32;
constexpr std::uint64_t max_count = 0xffff;

// State of an entry in one word: the count in the upper 16 bits, the last try's time in milliseconds below.
constexpr std::uint64_t pack(std::uint64_t count, std::uint64_t ms) { return count << 48 | (ms & 0xffff'ffff'ffffULL); }
constexpr std::uint64_t count_of(std::uint64_t state) { return state >> 48; }
constexpr std::uint64_t ms_of(std::uint64_t state) { return state & 0xffff'ffff'ffffULL; }

std::uint64_t milliseconds(Time now) { return static_cast<std::uint64_t>(to_microseconds(now) / 1000); }

void lay_out(std::byte* memory) {
  const std::string key = SystemRandom().bytes(key_size);
  std::memcpy(memory, key.data(), key.size());
}

std::uint64_t wait_after(const LimitRule& rule, std::uint64_t count) {  // milliseconds between try `count` and the next
  const std::uint64_t longest = static_cast<std::uint64_t>(rule.longest_wait.count()) * 1000;
  const std::uint64_t over = std::min<std::uint64_t>(count - rule.tries, 30);
  return std::min<std::uint64_t>(longest, 1000ULL << over);
}

}  // namespace

struct Limiter::Entry {
  std::atomic<std::uint64_t> tag, state;
};

Limiter::Limiter(const std::string& path)
    : file_(path, "limits/1", 64 + ways * sets * sizeof(Entry), lay_out) {}

std::uint64_t Limiter::tag(const LimitRule& rule, std::string_view key) const {
  std::string text(rule.kind);
  text += '\0';
  text += key;
  const std::string digest =
      crypto::keyed_digest({reinterpret_cast<const char*>(file_.data()), key_size}, text);
  std::uint64_t tag = 0;
  std::memcpy(&tag, digest.data(), sizeof tag);
  return tag == 0 ? 1 : tag;
}

Limiter::Entry* Limiter::find(std::uint64_t tag) const {
  auto* set = reinterpret_cast<Entry*>(file_.data() + 64) + (tag % sets) * ways;
  for (std::size_t i = 0; i < ways; ++i) {
    if (set[i].tag.load(std::memory_order_acquire) == tag) return &set[i];
  }
  return nullptr;
}

Limiter::Entry* Limiter::find_or_claim(std::uint64_t tag, std::uint64_t now_ms) {
  auto* set = reinterpret_cast<Entry*>(file_.data() + 64) + (tag % sets) * ways;
  for (;;) {
    if (Entry* found = find(tag)) return found;
    // The place of the entry with the fewest tries, the oldest among equals: empty ones first.
    Entry* weakest = std::min_element(set, set + ways, [](const Entry& a, const Entry& b) {
      return a.state.load() < b.state.load();
    });
    std::uint64_t was = weakest->tag.load();
    if (weakest->tag.compare_exchange_strong(was, tag)) {
      weakest->state.store(pack(0, now_ms));
      return weakest;
    }
  }
}

std::chrono::seconds Limiter::attempt(const LimitRule& rule, std::string_view key, Time now) {
  const std::uint64_t now_ms = milliseconds(now);
  Entry* entry = find_or_claim(tag(rule, key), now_ms);
  std::uint64_t state = entry->state.load();
  for (;;) {
    std::uint64_t count = count_of(state);
    const std::uint64_t age = now_ms > ms_of(state) ? now_ms - ms_of(state) : 0;
    if (age >= static_cast<std::uint64_t>(rule.forget.count()) * 1000) count = 0;
    if (count >= rule.tries) {
      const std::uint64_t wait = wait_after(rule, count);
      if (age < wait) return std::chrono::seconds((wait - age + 999) / 1000);
    }
    if (entry->state.compare_exchange_weak(state, pack(std::min(count + 1, max_count), now_ms))) {
      return std::chrono::seconds(0);
    }
  }
}

void Limiter::refund(const LimitRule& rule, std::string_view key, Time) {
  Entry* entry = find(tag(rule, key));
  if (entry == nullptr) return;
  std::uint64_t state = entry->state.load();
  while (count_of(state) > 0 &&
         !entry->state.compare_exchange_weak(state, pack(count_of(state) - 1, ms_of(state)))) {
  }
}

void Limiter::forgive(const LimitRule& rule, std::string_view key) {
  if (Entry* entry = find(tag(rule, key))) entry->state.store(0);
}

}  // namespace doorward::http
