// Counts tries, in memory that all workers of the host share and that survives a reload: so many at once, then a wait
// that doubles with each further try. A table of fixed size: strangers' noise can push out other noise, never a counter
// that is hot. Where several hosts serve one site, each is told what the others have counted.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/shared_file.hpp"

namespace doorward::http {

struct LimitRule {
  const char* kind;                   // keeps the keys of one rule apart from another's
  std::uint32_t tries;                // free tries; more only after a wait
  std::chrono::seconds forget;        // so long after the last try all is forgotten
  std::chrono::seconds longest_wait;  // the wait doubles from the first up to this
  std::chrono::seconds first_wait{1};
};

// What has happened to one counter.
struct LimitChange {
  std::uint64_t tag =
      0;  // of the rule and its key: the same on all hosts that count with the same key, and secret
  bool forgiven = false;           // before anything else
  std::int32_t tries = 0;          // made, less those that were refunded
  std::chrono::seconds forget{0};  // the rule's
};

class Limiter {  // any thread
 public:
  using Tell = std::function<void(const LimitChange&)>;

  // `key`: 32 bytes, the site's. `tell` hears of every change that is made here; it must not block. Throws std::system_error.
  Limiter(const std::string& path, std::string_view key, Tell tell = {});

  // Counts a try before it is made, so that tries at the same time can't slip through together. 0: go ahead.
  // Otherwise nothing was counted, and so long is to be waited.
  std::chrono::seconds attempt(const LimitRule& rule, std::string_view key, Time now);
  void refund(const LimitRule& rule, std::string_view key, Time now);  // the try was none: it had succeeded
  void forgive(const LimitRule& rule, std::string_view key);           // forget them all

  // Counts what has happened on another host; nobody is told.
  void apply(const LimitChange& change, Time now);
  // Which host this is: random, the same for all who share the file.
  std::uint64_t host() const;
  // Every worker of the host hears the same news, each sender's numbered upwards from 1: true for the first of them.
  bool is_news(std::uint64_t sender, std::uint64_t number, Time now);

 private:
  struct Entry;
  struct Sender;
  struct Table;
  std::uint64_t tag(const LimitRule& rule, std::string_view key) const;
  void tell(const LimitChange& change) const;
  std::string key_;
  Tell tell_;
  SharedFile file_;
  Table* table_;
};

// The network a client counts as: an IPv4 address's /24, an IPv6 address's /64 (also for IPv4-mapped ones: the IPv4's).
std::string address_block(std::string_view address);
// Is the address in one of the blocks ("192.0.2.0/24", "::1")? False for what is not an address.
bool address_in(std::string_view address, std::string_view block);

}  // namespace doorward::http
