// A browser in which an account's owner doesn't want to be asked for the second factor for a while. A row for each account
// and browser; the browser holds a random token for each, of which only the digest is known here. Its cookie has the tokens of
// all who share it, at most four, the newest first: "<token>.<token>". Each is good for its own account alone.
#pragma once
#include <string>
#include <string_view>
#include <utility>
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
  static constexpr std::size_t most_in_a_browser = 4;  // as many as the device cookie has marks

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
  // The cookie of a browser that this account, too, trusts from now on; of `cookie`, what it had before. An earlier trust
  // of the same account in it ends, and so does the oldest one where it would be the fifth.
  std::string trust_beside(std::string_view cookie, const AccountId& account, Time now, Random& random);
  // What is left of a cookie: the tokens in it that are still good. Empty: none.
  std::string good_of(std::string_view cookie, Time now);
  bool trusts(const AccountId& account, std::string_view cookie, Time now);
  std::int64_t count(const AccountId& account, Time now);
  std::int64_t remove_of(const AccountId& account);  // how many
  std::int64_t remove_expired(Time now);             // at most rows_in_a_piece; how many

 private:
  std::vector<std::pair<TrustToken, TrustedBrowser>> known(std::string_view cookie, Time now);
  Transaction& tx_;
};

}  // namespace doorward::records
