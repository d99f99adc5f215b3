#include "engine/audit_upkeep.hpp"

#include <algorithm>

namespace doorward::engine {
namespace {

using records::AuditChain;
using records::AuditCheckpoint;
using records::AuditCheckpoints;
using records::AuditEntry;
using records::Test;
using records::Transaction;
using records::Value;

struct Seen {
  std::vector<AuditChain> ends;
  std::optional<AuditCheckpoint> last;
};

bool is_due(const Seen& seen, Time now) {
  if (seen.ends.empty()) return false;
  if (!seen.last) return true;
  if (seen.last->chains() == seen.ends) return false;
  std::int64_t records = 0;
  for (const AuditChain& end : seen.ends) records += end.number;
  return now >= seen.last->at + AuditUpkeep::checkpoint_every ||
         records >= seen.last->records + AuditUpkeep::records_to_a_checkpoint;
}

std::optional<AuditEntry> first_of(Transaction& tx, std::int64_t chain) {
  const records::Page page{"number", false, 1, 0};
  auto found = records::find_all<AuditEntry>(tx, {{"chain", Test::is, Value::of_number(chain)}}, &page);
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

// Work that says whether there is more to do, until there isn't. False: not all of it was done.
template <class Work>
bool in_pieces(records::Database& database, const std::function<bool()>& go_on, const Work& work) {
  while (database.write(work)) {
    if (!go_on()) return false;
  }
  return true;
}

}  // namespace

// Nobody is kept waiting for it: what is signed was read before, and stays true whatever is added meanwhile.
void AuditUpkeep::sign(Time now) {
  const Seen seen = database_.read([&](Transaction& tx) {
    return Seen{records::AuditChains(tx, keys_).ends(), AuditCheckpoints(tx).last()};
  });
  if (!is_due(seen, now)) return;
  const auto made = database_.write(
      [&](Transaction& tx) { return AuditCheckpoints(tx).add(keys_, seen.last, seen.ends, now); });
  if (made) log_.info(made->line());
}

void AuditUpkeep::remove_expired(Time now, std::chrono::seconds retention,
                                 const std::function<bool()>& go_on) {
  const Time day = std::chrono::floor<std::chrono::days>(now - retention);
  const auto upto = decide(day, now);
  if (upto && (!remove_chained(*upto, go_on) || !remove_checkpoints(*upto, go_on))) return;
  remove_unchained(day, go_on);
}

// The decision is signed and stands before anything is removed: a record that is missing without it was taken out.
std::optional<AuditCheckpoint> AuditUpkeep::decide(Time day, Time now) {
  bool is_new = false;
  const auto decided = database_.write([&](Transaction& tx) {
    AuditCheckpoints checkpoints(tx);
    const auto before = checkpoints.last_removal();
    const auto expired = checkpoints.last_before(day);
    is_new = expired && (!before || before->number < expired->number);
    return is_new ? checkpoints.decide_removal(keys_, *expired, now) : before;
  });
  if (is_new) log_.info(decided->removal_line());
  return decided;
}

bool AuditUpkeep::remove_chained(const AuditCheckpoint& upto, const std::function<bool()>& go_on) {
  const auto remove_from = [&](const AuditChain& end) {
    return in_pieces(database_, go_on, [&](Transaction& tx) {
      const auto first = first_of(tx, end.chain);
      if (!first || first->place->number > end.number) return false;
      const std::int64_t below = std::min(end.number + 1, first->place->number + records_to_a_removal);
      records::remove(tx, AuditEntry::table,
                      {{"chain", Test::is, Value::of_number(end.chain)},
                       {"number", Test::below, Value::of_number(below)}});
      return below <= end.number;
    });
  };
  const auto ends = upto.chains();
  return std::all_of(ends.begin(), ends.end(), remove_from);
}

bool AuditUpkeep::remove_checkpoints(const AuditCheckpoint& upto, const std::function<bool()>& go_on) {
  return in_pieces(database_, go_on, [&](Transaction& tx) {
    return AuditCheckpoints(tx).remove_before(upto.number, records_to_a_removal) > 0;
  });
}

// Of before there were chains.
bool AuditUpkeep::remove_unchained(Time day, const std::function<bool()>& go_on) {
  return in_pieces(database_, go_on, [&](Transaction& tx) {
    const records::Page page{"at", false, records_to_a_removal, 0};
    const auto expired = records::find_all<AuditEntry>(
        tx, {{"chain", Test::is, Value{}}, {"at", Test::below, Value::of_time(day)}}, &page);
    for (const AuditEntry& entry : expired)
      records::remove(tx, AuditEntry::table, {{"id", Test::is, Value::of_text(entry.id)}});
    return !expired.empty();
  });
}

}  // namespace doorward::engine
