// A second factor of an account: what its owner has besides the password. There is one only once it was shown to work, so
// whatever stands here is asked for. Kinds may be added: a passkey is another one.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "crypto/key_ring.hpp"
#include "records/database.hpp"

namespace doorward::records {

struct Factor {
  enum class Kind { totp };
  // NIST SP 800-63B-4 3.2.2: so many wrong codes one after another, and an authenticator is good for nothing any more.
  static constexpr std::int64_t max_failures = 100;

  std::string id;  // UUID
  AccountId account;
  Kind kind = Kind::totp;
  std::string secret;  // sealed
  std::int64_t last_step =
      0;  // the highest whose code was accepted: none up to it is good again (RFC 6238 5.2)
  std::int64_t failures = 0;  // wrong codes since the last right one
  Time created_at;

  static const Table table;
  static Factor read(std::span<const Value> row);
  bool is_usable() const { return failures < max_failures; }
  // What a secret is sealed for.
  static std::string context(std::string_view id) { return "factor|" + std::string(id) + "|secret"; }
};

class Factors {
 public:
  explicit Factors(Transaction& tx) : tx_(tx) {}

  bool insert(const Factor& factor);  // false: the account has one of this kind
  std::optional<Factor> totp_of(const AccountId& account);
  bool has_any(const AccountId& account);
  // A code of that step was right. False: it, or a later one, was accepted already; nothing is changed then.
  bool accept_step(const Factor& factor, std::int64_t step);
  void count_failure(const Factor& factor);
  void forget_failures(const AccountId& account);
  std::int64_t remove_of(const AccountId& account);  // how many

 private:
  Transaction& tx_;
};

}  // namespace doorward::records
