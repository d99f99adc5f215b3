#include "crypto/totp.hpp"

#include <liboath/oath.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <stdexcept>

#include "crypto/digest.hpp"

namespace doorward::crypto {
namespace {

constexpr std::int64_t step_seconds = 30;

struct Free {
  void operator()(char* text) const { std::free(text); }
};

void must_be_ok(int code) {
  if (code != OATH_OK) throw std::runtime_error(std::string("liboath: ") + oath_strerror(code));
}

void make_ready() {
  static const int ready = oath_init();
  must_be_ok(ready);
}

}  // namespace

std::string make_totp_secret(Random& random) { return random.bytes(totp_secret_size); }

std::string base32(std::string_view bytes) {
  make_ready();
  char* out = nullptr;
  std::size_t size = 0;
  must_be_ok(oath_base32_encode(bytes.data(), bytes.size(), &out, &size));
  const std::unique_ptr<char, Free> text(out);
  std::string encoded(text.get(), size);
  encoded.erase(std::find(encoded.begin(), encoded.end(), '='), encoded.end());
  return encoded;
}

std::int64_t totp_step(Time now) {
  return std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count() / step_seconds;
}

std::string totp_code(std::string_view secret, std::int64_t step) {
  make_ready();
  std::array<char, totp_digits + 1> code{};
  must_be_ok(oath_totp_generate2(secret.data(), secret.size(), step * step_seconds, step_seconds, 0,
                                 totp_digits, 0, code.data()));
  return std::string(code.data(), totp_digits);
}

bool is_totp_code(std::string_view typed) {
  return typed.size() == totp_digits &&
         std::all_of(typed.begin(), typed.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<std::int64_t> match_totp(std::string_view secret, std::string_view typed, Time now,
                                       const TotpWindow& window) {
  if (!is_totp_code(typed)) return std::nullopt;
  const std::int64_t at = totp_step(now);
  std::optional<std::int64_t> matched;
  for (std::int64_t step = at - window.older; step <= at + window.newer; ++step) {
    if (equal(totp_code(secret, step), typed)) matched = step;  // all are looked at, whichever it is
  }
  return matched;
}

}  // namespace doorward::crypto
