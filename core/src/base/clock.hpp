// Time is an argument: nothing outside this file asks the system for it (tests/lint checks that).
#pragma once
#include <chrono>
#include <cstdint>
#include <ctime>

namespace doorward {

using Time = std::chrono::sys_time<std::chrono::microseconds>;  // UTC
using Duration = std::chrono::microseconds;

inline std::int64_t to_microseconds(Time time) { return time.time_since_epoch().count(); }
inline Time from_microseconds(std::int64_t value) { return Time(Duration(value)); }

class Clock {  // any thread
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Time now() const override;
};

// For durations: what no clock that is set moves, and a machine that sleeps doesn't stop. About 20 ns.
Duration since_boot();

// The moment so far from now as system calls that wait want it: of CLOCK_REALTIME.
timespec wait_limit(std::chrono::milliseconds from_now);

// Blocks the calling thread. For back-off between tries only; never on an event loop.
void wait_for(Duration time);

}  // namespace doorward
