#include "engine/audit_upkeep.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "base/iso_time.hpp"

namespace doorward::engine {
namespace {

using records::AuditChain;
using records::AuditCheckpoint;
using records::AuditCheckpoints;
using records::AuditEntry;
using records::Match;
using records::Signed;
using records::Test;
using records::Transaction;
using records::Value;

struct Seen {
  std::vector<AuditChain> ends;
  std::optional<AuditCheckpoint> last;
};

constexpr std::chrono::milliseconds patience{60'000};  // reading; nobody waits for it
constexpr std::uint32_t checkpoints_in_a_piece = 100;  // each names the ends of all chains

bool is_ahead(const AuditCheckpoint& checkpoint, Time now) {
  return checkpoint.at > now + AuditCheckpoints::skew;
}

// One that can't be read ends nowhere.
std::optional<std::vector<AuditChain>> ends_of(const AuditCheckpoint& checkpoint) {
  try {
    return checkpoint.chains();
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
}

bool is_due(const Seen& seen, Time now) {
  if (seen.ends.empty()) return false;
  if (!seen.last) return true;
  if (ends_of(*seen.last) == seen.ends) return false;
  return is_ahead(*seen.last, now) || now >= seen.last->at + AuditUpkeep::checkpoint_every ||
         records::records_of(seen.ends) - AuditUpkeep::records_to_a_checkpoint >= seen.last->records;
}

// What has a number that no chain gives, or none, was put in by somebody: it isn't in the way of those that have.
Match numbered(std::int64_t above = 0) { return {"number", Test::above, Value::of_number(above)}; }

std::optional<std::int64_t> first_number(Transaction& tx, std::initializer_list<Match> matches) {
  const records::Page page{"number", false, 1, 0};
  const auto found = records::find_all<AuditEntry>(tx, matches, &page);
  if (found.empty()) return std::nullopt;
  return found.front().place->number;
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
    return Seen{records::AuditChains(tx, keys_).ends(), AuditCheckpoints(tx, keys_).last()};
  });
  if (!is_due(seen, now)) return;
  const auto made = database_.write(
      [&](Transaction& tx) { return AuditCheckpoints(tx, keys_).add(random_, seen.last, seen.ends, now); });
  if (!made) return;
  if (seen.last && is_ahead(*seen.last, now))
    log_.warning("audit checkpoint " + std::to_string(seen.last->number) + " was signed for " +
                 iso_text(seen.last->at) +
                 ", which is still to come: the clock of this host is late, or one was ahead");
  log_.info(made->line());
}

void AuditUpkeep::remove_expired(Time now, std::chrono::seconds retention,
                                 const std::function<bool()>& go_on) {
  const Time day = std::chrono::floor<std::chrono::days>(now - retention);
  const auto decided =
      database_.read([&](Transaction& tx) { return AuditCheckpoints(tx, keys_).last_removal(); });
  const auto carry_out = [&](const AuditCheckpoint& upto) {
    // Whoever decided may have been on a later day, by another clock or another retention.
    const Time decided_for = std::chrono::floor<std::chrono::days>(upto.removal->at - retention);
    return remove_chained(upto, std::max(day, decided_for), now, go_on) && remove_checkpoints(upto, go_on);
  };
  // What was decided goes first: it needn't be looked through again.
  if (decided && !carry_out(*decided)) return;
  if (const auto upto = decide(decided, day, now); upto && !carry_out(*upto)) return;
  remove_unchained(day, go_on);
}

// The decision is signed and stands before anything is removed: a record that is missing without it was taken out.
std::optional<AuditCheckpoint> AuditUpkeep::decide(const std::optional<AuditCheckpoint>& before, Time day,
                                                   Time now) {
  const auto over = last_over(before, day, now);
  if (!over) return std::nullopt;
  bool is_new = false;
  auto upto = database_.write([&](Transaction& tx) {
    AuditCheckpoints checkpoints(tx, keys_);
    const auto meanwhile = checkpoints.last_removal();
    is_new = !meanwhile || meanwhile->number < over->number;
    return is_new ? checkpoints.decide_removal(random_, *over, now) : *meanwhile;
  });
  if (is_new) log_.info(upto.removal_line());
  return upto;
}

// A checkpoint's own time doesn't say how old its records are: the site may have stood still before it, and clocks be wrong.
// Only a record of a time that is still to come says nothing of its age. Then checkpoints have to be old as well.
std::optional<AuditCheckpoint> AuditUpkeep::last_over(const std::optional<AuditCheckpoint>& before, Time day,
                                                      Time now) {
  const Young young = first_young(before, day, now);
  const bool any_ahead = has_any_ahead(now);
  const auto is_over = [&](const AuditChain& end) {
    const auto first = young.find(end.chain);
    return first == young.end() || end.number < first->second;
  };
  std::optional<AuditCheckpoint> last;
  std::string id = before ? before->id : "";
  for (;;) {
    auto piece = database_.read(
        [&](Transaction& tx) { return AuditCheckpoints(tx, keys_).after(id, checkpoints_in_a_piece); });
    if (piece.empty()) return last;
    id = piece.back().id;
    for (AuditCheckpoint& each : piece) {
      const auto ends = ends_of(each);
      if (!ends || records::is_signed(keys_, each.text(), each.signature) != Signed::yes) continue;
      if (!std::all_of(ends->begin(), ends->end(), is_over)) return last;
      if (!any_ahead || each.at < day) last = std::move(each);
    }
  }
}

// Behind those that were removed: what is young among their numbers was put in. It walks past all that is over: on a busy site,
// where nothing went for long, past millions.
AuditUpkeep::Young AuditUpkeep::first_young(const std::optional<AuditCheckpoint>& before, Time day,
                                            Time now) {
  std::map<std::int64_t, std::int64_t> begins;
  if (before) {
    for (const AuditChain& end : before->chains()) begins[end.chain] = end.number;
  }
  Young young;
  for (std::int64_t chain = 0; chain < records::audit_chains; ++chain) {
    const auto number = database_.read(
        [&](Transaction& tx) {
          return first_number(tx, {{"chain", Test::is, Value::of_number(chain)},
                                   numbered(std::max(begins[chain], std::int64_t{0})),
                                   {"at", Test::above, Value::of_time(day - Duration(1))},
                                   {"at", Test::below, Value::of_time(now + AuditCheckpoints::skew)}});
        },
        patience);
    if (number) young[chain] = *number;
  }
  return young;
}

bool AuditUpkeep::has_any_ahead(Time now) {
  const records::Page page{"at", true, 1, 0};
  return database_.read([&](Transaction& tx) {
    return !records::find_all<AuditEntry>(
                tx, {{"at", Test::above, Value::of_time(now + AuditCheckpoints::skew)}}, &page)
                .empty();
  });
}

// When it was decided, nothing young was among them. What is young now has its number since somebody set the end of its chain
// back, and stays until its own time is over.
bool AuditUpkeep::remove_chained(const AuditCheckpoint& upto, Time day, Time now,
                                 const std::function<bool()>& go_on) {
  const Match over[] = {{"at", Test::below, Value::of_time(day)},
                        {"at", Test::above, Value::of_time(now + AuditCheckpoints::skew)}};
  for (const AuditChain& end : upto.chains()) {
    const Match in_chain{"chain", Test::is, Value::of_number(end.chain)};
    const std::int64_t last = std::min(end.number, std::numeric_limits<std::int64_t>::max() - 1);
    std::int64_t done = 0;
    while (done < last) {
      const std::int64_t next = database_.write([&](Transaction& tx) {
        const auto first =
            first_number(tx, {in_chain, numbered(done), {"number", Test::below, Value::of_number(last + 1)}});
        if (!first) return last;
        const std::int64_t to = *first + std::min(last - *first, records_to_a_removal - 1);
        for (const Match& match : over) {
          records::remove(
              tx, AuditEntry::table,
              {in_chain, numbered(*first - 1), {"number", Test::below, Value::of_number(to + 1)}, match});
        }
        return to;
      });
      done = next;
      if (done < last && !go_on()) return false;
    }
  }
  return true;
}

bool AuditUpkeep::remove_checkpoints(const AuditCheckpoint& upto, const std::function<bool()>& go_on) {
  return in_pieces(database_, go_on, [&](Transaction& tx) {
    return AuditCheckpoints(tx, keys_).remove_before(upto.number, records_to_a_removal) > 0;
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
