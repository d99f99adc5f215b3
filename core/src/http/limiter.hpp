// Counts tries, in memory that all workers of the host share and that survives a reload: so many at once, then a wait
// that doubles with each further try. A table of fixed size: strangers' noise can push out other noise, never a counter
// that is hot.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/shared_file.hpp"

namespace doorward::http {

struct LimitRule {
  const char* kind;                   // keeps the keys of one rule apart from another's
  std::uint32_t tries;                // free tries; more only after a wait
  std::chrono::seconds forget;        // so long after the last try all is forgotten
  std::chrono::seconds longest_wait;  // the wait doubles from 1 s up to this
};

class Limiter {  // any thread
 public:
  explicit Limiter(const std::string& path);  // throws std::system_error

  // Counts a try before it is made, so that tries at the same time can't slip through together. 0: go ahead.
  // Otherwise nothing was counted, and so long is to be waited.
  std::chrono::seconds attempt(const LimitRule& rule, std::string_view key, Time now);
  void refund(const LimitRule& rule, std::string_view key, Time now);  // the try was none: it had succeeded
  void forgive(const LimitRule& rule, std::string_view key);           // forget them all

 private:
  struct Entry;
  struct Table;
  std::uint64_t tag(const LimitRule& rule, std::string_view key) const;
  SharedFile file_;
  Table* table_;
};

// The network a client counts as: an IPv4 address's /24, an IPv6 address's /64 (also for IPv4-mapped ones: the IPv4's).
std::string address_block(std::string_view address);
// Is the address in one of the blocks ("192.0.2.0/24", "::1")? False for what is not an address.
bool address_in(std::string_view address, std::string_view block);

}  // namespace doorward::http
