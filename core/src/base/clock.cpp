#include "base/clock.hpp"

#include <thread>

namespace doorward {

Time SystemClock::now() const {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

Duration since_boot() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::seconds(now.tv_sec) +
         std::chrono::duration_cast<Duration>(std::chrono::nanoseconds(now.tv_nsec));
}

timespec wait_limit(std::chrono::milliseconds from_now) {
  using namespace std::chrono;
  const auto at = system_clock::now() + from_now;
  const auto whole = time_point_cast<seconds>(at);
  return {whole.time_since_epoch().count(), duration_cast<nanoseconds>(at - whole).count()};
}

void wait_for(Duration time) { std::this_thread::sleep_for(time); }

}  // namespace doorward
