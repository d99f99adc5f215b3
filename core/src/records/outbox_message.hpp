// A letter that is owed: what it is about and whom it was asked for, not its words and not its links, which
// are made when it is sent. Written in the transaction of what it tells of; gone once it was handed over;
// kept, dead, with the reason where it can't be.
//
// Whoever sends it holds it under a lease. While it is held, next_at is the lease's end: if its holder
// dies, the letter is due again by itself.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "records/database.hpp"

namespace doorward::records {

enum class OutboxState { waiting, dead };

struct OutboxMessage {
  OutboxId id;
  std::string kind;       // which composer writes the letter: "recovery"
  std::string subject;    // id of the record it is about; may be empty
  std::string recipient;  // as asked for: an address, or what was typed where a user name is asked
  std::string payload;    // JSON, what else the composer needs; never a secret
  std::string locale;     // of whoever asked; may be empty
  Time created_at;
  Time expires_at;            // it is not sent from then on
  std::int64_t attempts = 0;  // begun
  Time next_at;               // waiting: due then; dead: since then
  std::optional<Time> lease_until;
  std::string lease_holder;
  OutboxState state = OutboxState::waiting;
  std::string last_error;

  static const Table table;
  static OutboxMessage read(std::span<const Value> row);
};

class OutboxMessages {
 public:
  explicit OutboxMessages(Transaction& tx) : tx_(tx) {}

  void insert(const OutboxMessage& message);  // waiting, held by nobody
  std::optional<OutboxMessage> by_id(const OutboxId& id);
  std::optional<OutboxMessage> next_waiting();  // the one that is, or will be, due first
  std::vector<OutboxMessage> list(OutboxState state, std::uint32_t limit);  // by next_at

  // Counts as an attempt. False: somebody has taken it since `message` was read.
  bool lease(const OutboxMessage& message, std::string_view holder, Time until);
  // False: the lease has gone to somebody else, whose word counts now.
  bool reschedule(const OutboxId& id, std::string_view holder, Time next_at, std::string_view error);
  bool bury(const OutboxId& id, std::string_view holder, Time now, std::string_view reason);
  bool revive(const OutboxId& id, Time now,
              Time expires_at);  // a dead one, with its attempts from zero; false: it isn't dead

  // Another payload for one that nobody has begun to send since `message` was read, worth sending until then. False: somebody
  // has.
  bool replace_payload(const OutboxMessage& message, std::string_view payload, Time expires_at);
  std::vector<OutboxMessage> waiting_about(std::string_view subject);

  bool remove(const OutboxId& id);
  std::vector<OutboxMessage> about(std::string_view subject);
  std::int64_t remove_about(std::string_view subject);
  // What waits for longer than until `latest` is due now: a clock was ahead when that was planned.
  void hasten(Time latest, Time now);
  std::int64_t remove_dead_before(Time time);  // at most rows_in_a_piece; how many

 private:
  Transaction& tx_;
};

}  // namespace doorward::records
