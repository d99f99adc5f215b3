// Time-based one-time passwords as every authenticator application makes them: RFC 6238 with HMAC-SHA-1, steps of
// 30 seconds, six digits.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/random.hpp"

namespace doorward::crypto {

inline constexpr std::size_t totp_secret_size = 20;  // 160 bit, as RFC 4226 4 recommends
inline constexpr std::size_t totp_digits = 6;

// How many steps a code may be older or newer than the one of now (RFC 6238 5.2).
struct TotpWindow {
  std::int64_t older = 1;
  std::int64_t newer = 0;
};

std::string make_totp_secret(Random& random);
std::string base32(std::string_view bytes);                         // RFC 4648 6, without padding
std::int64_t totp_step(Time now);                                   // whole steps since 1970
std::string totp_code(std::string_view secret, std::int64_t step);  // throws std::runtime_error

// Six ASCII digits, nothing before, between or behind them.
bool is_totp_code(std::string_view typed);
// The step whose code this is, the newest where several are. None: not one of the window's, or no code at all. That a
// step is good only once is for the caller to see to.
std::optional<std::int64_t> match_totp(std::string_view secret, std::string_view typed, Time now,
                                       const TotpWindow& window);

}  // namespace doorward::crypto
