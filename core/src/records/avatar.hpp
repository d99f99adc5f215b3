// The picture of an account, as the part `picture` has made it: small, one for each account. The account has its version,
// so that a page knows its address without reading it.
#pragma once
#include <optional>
#include <string>

#include "base/ids.hpp"
#include "records/database.hpp"

namespace doorward::records {

struct Avatar {
  AccountId account;
  std::string version;       // the beginning of the picture's digest, hexadecimal
  std::string content_type;  // "image/webp"
  std::string picture;       // its bytes
  Time changed_at;

  static const Table table;
  static Avatar read(std::span<const Value> row);
};

class Avatars {
 public:
  explicit Avatars(Transaction& tx) : tx_(tx) {}

  std::optional<Avatar> of_account(const AccountId& account);
  void set(const Avatar& avatar);            // in the place of the account's former one
  bool remove_of(const AccountId& account);  // false: there was none

 private:
  Transaction& tx_;
};

}  // namespace doorward::records
