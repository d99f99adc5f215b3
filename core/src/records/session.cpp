#include "records/session.hpp"

#include <stdexcept>

#include "records/rows.hpp"

namespace doorward::records {
namespace {

constexpr Field fields[] = {
    {"hash", Type::bytes},
    {"id", Type::text},
    {"account", Type::text},
    {"methods", Type::text},
    {"backup", Type::flag},
    {"created_at", Type::time},
    {"authenticated_at", Type::time},
    {"last_seen_at", Type::time},
    {"expires_at", Type::time},
    {"idle_seconds", Type::number},
    {"browser", Type::text},
    {"address", Type::text},
};
constexpr Index indexes[] = {{"account", false}, {"expires_at", false}};

}  // namespace

const Table Session::table{"session", fields, indexes};

Session Session::read(std::span<const Value> row) {
  Session session;
  session.hash = row[0].text;
  session.id = SessionId(std::string(row[1].text));
  session.account = AccountId(std::string(row[2].text));
  session.methods = row[3].text;
  session.backup = row[4].flag();
  session.created_at = row[5].time();
  session.authenticated_at = row[6].time();
  session.last_seen_at = row[7].time();
  session.expires_at = row[8].time();
  session.idle = std::chrono::seconds(row[9].number);
  session.browser = row[10].text;
  session.address = row[11].text;
  return session;
}

void Sessions::insert(const Session& session) {
  const Cell cells[] = {
      {"hash", Value::of_bytes(session.hash)},
      {"id", Value::of_text(session.id.str())},
      {"account", Value::of_text(session.account.str())},
      {"methods", Value::of_text(session.methods)},
      {"backup", Value::of_flag(session.backup)},
      {"created_at", Value::of_time(session.created_at)},
      {"authenticated_at", Value::of_time(session.authenticated_at)},
      {"last_seen_at", Value::of_time(session.last_seen_at)},
      {"expires_at", Value::of_time(session.expires_at)},
      {"idle_seconds", Value::of_number(session.idle.count())},
      {"browser", Value::of_text(session.browser)},
      {"address", Value::of_text(session.address)},
  };
  if (!tx_.store().insert(Session::table.name, cells))
    throw std::logic_error("a session's token was made twice");
}

std::optional<Session> Sessions::by_hash(const SessionHash& hash) {
  return find_one<Session>(tx_, {{"hash", Test::is, Value::of_bytes(hash.bytes())}});
}

std::vector<Session> Sessions::of_account(const AccountId& account) {
  return find_all<Session>(tx_, {{"account", Test::is, Value::of_text(account.str())}});
}

void Sessions::end(const Session& session) {
  remove(tx_, Session::table, {{"hash", Test::is, Value::of_bytes(session.hash)}});
  tx_.revoke_shard(Epochs::session_shard(session.hash));
}

std::int64_t Sessions::end_all(const AccountId& account, const SessionId& but) {
  tx_.revoke_shard(Epochs::account_shard(account.str()));
  return remove(tx_, Session::table,
                {{"account", Test::is, Value::of_text(account.str())},
                 {"id", Test::is_not, Value::of_text(but.str())}});
}

void Sessions::touch(std::string_view stored_hash, Time seen) {
  update(
      tx_, Session::table,
      {{"hash", Test::is, Value::of_bytes(stored_hash)}, {"last_seen_at", Test::below, Value::of_time(seen)}},
      {{"last_seen_at", Value::of_time(seen)}});
}

std::int64_t Sessions::remove_expired(Time now) {
  const Match expired{"expires_at", Test::below, Value::of_time(now)};
  return remove_some(tx_, Session::table, std::span(&expired, 1), expired.field);
}

}  // namespace doorward::records
