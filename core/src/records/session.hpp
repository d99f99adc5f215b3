// A session: one browser in which somebody has proved who they are. Only the digest of its token is known here.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "crypto/token.hpp"
#include "records/database.hpp"

namespace doorward::records {

struct SessionPurpose {
  static constexpr std::string_view name = "session";
};
using SessionToken = crypto::Token<SessionPurpose>;
using SessionHash = crypto::TokenHash<SessionPurpose>;

struct Session {
  std::string hash;  // SessionHash as stored
  SessionId id;      // public: in logs, lists and for the site
  AccountId account;
  std::string methods;  // RFC 8176, separated by spaces: "pwd"
  bool backup = false;  // by /backup-login
  Time created_at;
  Time authenticated_at;  // when the person last proved who they are
  Time last_seen_at;      // to about five minutes, or a 32nd of `idle`
  Time expires_at;
  std::chrono::seconds idle{0};
  std::string browser;  // User-Agent, at most 256 bytes
  std::string address;  // of the client, at its start

  static const Table table;
  static Session read(std::span<const Value> row);
  Time ends_at() const {
    return std::min(expires_at, last_seen_at + std::chrono::duration_cast<Duration>(idle));
  }
};

class Sessions {
 public:
  explicit Sessions(Transaction& tx) : tx_(tx) {}

  void insert(const Session& session);
  std::optional<Session> by_hash(const SessionHash& hash);
  std::vector<Session> of_account(const AccountId& account);
  void end(const Session& session);
  // Every session of the account but the one given; returns how many.
  std::int64_t end_all(const AccountId& account, const SessionId& but = SessionId());
  void touch(std::string_view stored_hash,
             Time seen);                  // moves last_seen_at forward; nothing is revoked by it
  std::int64_t remove_expired(Time now);  // at most rows_in_a_piece; how many

 private:
  Transaction& tx_;
};

}  // namespace doorward::records
