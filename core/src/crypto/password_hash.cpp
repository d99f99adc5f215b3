#include "crypto/password_hash.hpp"

#include <sodium.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <future>
#include <new>

#include "crypto/digest.hpp"

namespace doorward::crypto {
namespace {

constexpr unsigned long max_memory_kib = 1UL << 20;
constexpr unsigned long max_passes = 64;

// Reads `before` and a whole number that stands behind it.
bool take(std::string_view& text, std::string_view before, std::uint64_t& number) {
  if (!text.starts_with(before)) return false;
  text.remove_prefix(before.size());
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
  return true;
}

bool is_affordable(const std::string& stored) {
  std::uint64_t memory = 0;
  std::uint64_t passes = 0;
  std::string_view rest = stored;
  return take(rest, "$argon2id$v=19$m=", memory) && take(rest, ",t=", passes) && rest.starts_with(",p=") &&
         memory <= max_memory_kib && passes <= max_passes && stored.size() < crypto_pwhash_STRBYTES;
}

constexpr int hash_niceness = 5;  // whoever else wants the same core gets three times as much

// Computes beside everything else: a hash takes long, and an event loop that has answers to send isn't made to wait for
// it. On Linux niceness is a thread's own and can't be taken back without privilege, so the thread ends with its hash; what
// that costs is a thousandth of the hash.
template <class Work>
auto in_background(Work work) {
  return std::async(std::launch::async,
                    [&] {
                      ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), hash_niceness);
                      return work();
                    })
      .get();
}

}  // namespace

PasswordHasher::PasswordHasher(HashCost cost, HashSeats& seats, std::chrono::milliseconds wait)
    : cost_(cost), seats_(seats), wait_(wait) {
  initialize();
  // A salt and a digest of zeros: Argon2 never gives that for anything anybody could type.
  nothing_ = "$argon2id$v=19$m=" + std::to_string(cost.memory_kib) + ",t=" + std::to_string(cost.passes) +
             ",p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
}

Result<HashSeats::Seat> PasswordHasher::seat() const {
  auto seat = seats_.take(wait_);
  if (!seat) return refuse(Refusal{"busy", {}, {}, 503, std::chrono::seconds(2)});
  return std::move(*seat);
}

Result<std::string> PasswordHasher::hash(std::string_view password) const {
  const auto seat = this->seat();
  if (!seat) return refuse(seat.error());
  std::string out(crypto_pwhash_STRBYTES, '\0');
  const int failed = in_background([&] {
    return crypto_pwhash_str_alg(out.data(), password.data(), password.size(), cost_.passes,
                                 cost_.memory_kib * 1024, crypto_pwhash_ALG_ARGON2ID13);
  });
  if (failed != 0) throw std::bad_alloc();
  out.resize(out.find('\0'));
  return out;
}

Result<bool> PasswordHasher::verify(std::string_view password, const std::string& stored) const {
  if (!is_affordable(stored)) return false;
  const auto seat = this->seat();
  if (!seat) return refuse(seat.error());
  return in_background(
      [&] { return crypto_pwhash_str_verify(stored.c_str(), password.data(), password.size()) == 0; });
}

Result<bool> PasswordHasher::verify_nothing(std::string_view password) const {
  const auto verified = verify(password, nothing_);
  if (!verified) return refuse(verified.error());
  return false;
}

bool PasswordHasher::needs_rehash(const std::string& stored) const {
  return crypto_pwhash_str_needs_rehash(stored.c_str(), cost_.passes, cost_.memory_kib * 1024) != 0;
}

}  // namespace doorward::crypto
