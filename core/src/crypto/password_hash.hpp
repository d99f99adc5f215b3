// Password hashes: Argon2id (RFC 9106) as a PHC string, within the host's budget of hashes.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "crypto/hash_seats.hpp"

namespace doorward::crypto {

struct HashCost {
  std::uint64_t memory_kib = 19456;  // 8 to 1 GiB
  std::uint32_t passes = 2;
};

class PasswordHasher {  // any thread; every call blocks for the length of a hash and of the wait for a seat
 public:
  PasswordHasher(HashCost cost, HashSeats& seats, std::chrono::milliseconds wait);

  // Refused with "busy" (503) where no seat came free in time; std::bad_alloc where memory is out, std::system_error where
  // threads are.
  Result<std::string> hash(std::string_view password) const;
  // A stored string that asks for more than 1 GiB or 64 passes is refused without running it.
  Result<bool> verify(std::string_view password, const std::string& stored) const;
  // Takes as long as verify and says no: for an account that doesn't exist or has no password.
  Result<bool> verify_nothing(std::string_view password) const;
  bool needs_rehash(const std::string& stored) const;

 private:
  Result<HashSeats::Seat> seat() const;
  HashCost cost_;
  HashSeats& seats_;
  std::chrono::milliseconds wait_;
  std::string nothing_;  // a hash of the same cost that no password has
};

}  // namespace doorward::crypto
