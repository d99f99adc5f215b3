// Recovery codes: ten ways in for who has lost the second factor, each good once. A code says its number, so that one try is
// compared with one code ("3-7K2M-..."), and carries 120 bits, so that the digest that is kept can't be guessed at (ASVS 6.5.2).
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "base/random.hpp"
#include "records/database.hpp"

namespace doorward::records {

struct RecoveryCode {
  static constexpr int how_many = 10;

  std::string id;  // "<account>/<number>"
  AccountId account;
  std::string hash;  // SHA-256
  Time created_at;

  static const Table table;
  static RecoveryCode read(std::span<const Value> row);
};

class RecoveryCodes {
 public:
  explicit RecoveryCodes(Transaction& tx) : tx_(tx) {}

  // Ten new ones instead of all there were, as they are told to their owner, here alone.
  std::array<std::string, RecoveryCode::how_many> replace(const AccountId& account, Time now, Random& random);
  // Uses a code up; its number. None: not one of the account's, or used before; of many at once one gets it. Lower case,
  // blanks and missing dashes are forgiven, and so are O, I and L, which no code holds.
  std::optional<int> take(const AccountId& account, std::string_view typed);
  std::int64_t left(const AccountId& account);
  std::optional<Time> made_at(const AccountId& account);  // those that are left; none: none is
  void remove_of(const AccountId& account);

 private:
  Transaction& tx_;
};

}  // namespace doorward::records
