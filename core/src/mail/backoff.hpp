// When a letter that couldn't be sent is tried again: after about half a minute, then twice as long each
// time, up to about an hour. Each delay is spread by a fifth to both sides, so that letters that failed
// together don't come back together.
#pragma once
#include <cstdint>
#include <optional>

#include "base/clock.hpp"
#include "base/random.hpp"

namespace doorward::mail {

inline constexpr std::chrono::seconds first_delay{30};
inline constexpr std::chrono::seconds longest_delay{3600};
inline constexpr std::chrono::seconds last_moment{
    60};  // no try is planned so close to the one before, or to the end

// `attempts`: made so far, at least 1.
Duration delay_after(std::int64_t attempts, Random& random);

// The next try, which is before `expires_at`: a letter of half an hour gets more of its time than doubling
// alone would leave it. None: it is too late for another.
std::optional<Time> next_try(Time now, Time expires_at, Duration delay);

}  // namespace doorward::mail
