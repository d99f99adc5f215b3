#include "base/clock.hpp"

#include <array>
#include <thread>

namespace doorward {

Time SystemClock::now() const {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

std::string utc_text(Time time) {
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> out;
  const std::size_t size = std::strftime(out.data(), out.size(), "%Y-%m-%d %H:%M UTC", &parts);
  return std::string(out.data(), size);
}

timespec wait_limit(std::chrono::milliseconds from_now) {
  using namespace std::chrono;
  const auto at = system_clock::now() + from_now;
  const auto whole = time_point_cast<seconds>(at);
  return {whole.time_since_epoch().count(), duration_cast<nanoseconds>(at - whole).count()};
}

void wait_for(Duration time) { std::this_thread::sleep_for(time); }

}  // namespace doorward
