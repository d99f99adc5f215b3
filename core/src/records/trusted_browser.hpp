// A browser in which an account's owner doesn't want to be asked for the second factor for a while. A row for each account
// and browser; the browser holds a random token, of which only the digest is known here.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "crypto/token.hpp"
#include "records/database.hpp"

namespace doorward::records {

struct TrustPurpose {
  static constexpr std::string_view name = "trusted_browser";
};
using TrustToken = crypto::Token<TrustPurpose>;

struct TrustedBrowser {
  static constexpr std::chrono::hours lifetime{30 * 24};

  std::string hash;  // TokenHash as stored
  std::string id;    // UUID
  AccountId account;
  Time created_at, expires_at;

  static const Table table;
  static TrustedBrowser read(std::span<const Value> row);
};

class TrustedBrowsers {
 public:
  explicit TrustedBrowsers(Transaction& tx) : tx_(tx) {}

  TrustToken trust(const AccountId& account, Time now, Random& random);
  bool trusts(const AccountId& account, std::string_view token, Time now);  // the token as the cookie has it
  std::int64_t count(const AccountId& account, Time now);
  std::int64_t remove_of(const AccountId& account);  // how many
  std::int64_t remove_expired(Time now);             // at most rows_in_a_piece; how many

 private:
  Transaction& tx_;
};

}  // namespace doorward::records
