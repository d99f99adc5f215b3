#include "mail/backoff.hpp"

#include <algorithm>
#include <cstring>

namespace doorward::mail {

Duration delay_after(std::int64_t attempts, Random& random) {
  const auto doublings = std::clamp<std::int64_t>(attempts - 1, 0, 20);
  // Before the spread, so that the longest delays are spread too.
  const Duration middle =
      std::min<Duration>(first_delay * (std::int64_t{1} << doublings), longest_delay * 5 / 6);
  const std::string bytes = random.bytes(4);
  std::uint32_t dice = 0;
  std::memcpy(&dice, bytes.data(), sizeof dice);
  const std::int64_t per_mille = 800 + static_cast<std::int64_t>(dice % 401);
  return middle * per_mille / 1000;
}

std::optional<Time> next_try(Time now, Time expires_at, Duration delay) {
  if (now + delay + last_moment <= expires_at) return now + delay;
  const Duration half = (expires_at - now) / 2;
  if (half < last_moment) return std::nullopt;
  return now + half;
}

}  // namespace doorward::mail
