#include "engine/audit_verify.hpp"

#include <algorithm>
#include <istream>
#include <iterator>
#include <limits>
#include <map>
#include <regex>

#include "base/iso_time.hpp"
#include "records/rows.hpp"

namespace doorward::engine {
namespace {

using records::AuditChain;
using records::AuditCheckpoint;
using records::AuditCheckpoints;
using records::AuditEntry;
using records::Linked;
using records::Signed;
using records::Test;
using records::Transaction;
using records::Value;

constexpr std::chrono::milliseconds patience{60'000};  // for a piece, across a network
constexpr std::size_t most_faults = 100;
constexpr std::chrono::minutes skew{5};  // between clocks of hosts

std::string named(const AuditEntry& entry) { return "record " + entry.id; }
std::string about(const AuditEntry& entry) { return " (" + entry.action + " at " + iso_text(entry.at) + ")"; }
std::string chain_name(std::int64_t chain) { return "chain " + std::to_string(chain); }
std::string range(std::int64_t first, std::int64_t last) {
  return first == last ? "record " + std::to_string(first) + " is"
                       : "records " + std::to_string(first) + " to " + std::to_string(last) + " are";
}

class Verification {
 public:
  Verification(records::Database& database, const crypto::KeyRing& keys, Time now)
      : database_(database), keys_(keys), now_(now) {
    for (std::int64_t chain = 0; chain < records::audit_chains; ++chain)
      begins_[chain].chain = ends_[chain].chain = chain;
  }

  AuditVerified run() {
    read_checkpoints();
    read_ends();
    for (const AuditCheckpoint& checkpoint : checkpoints_) check(checkpoint);
    for (std::int64_t chain = 0; chain < records::audit_chains; ++chain) walk(chain);
    count_unchained();
    return std::move(found_);
  }

 private:
  struct Mark {
    std::int64_t checkpoint;
    Time at;
    std::string link;
  };

  void fault(std::string where, std::string what) {
    if (found_.faults.size() == most_faults) {
      ++found_.more_faults;
    } else {
      found_.faults.push_back({std::move(where), std::move(what)});
    }
  }

  // Before the chains' ends, which so are behind all of them.
  void read_checkpoints() {
    std::vector<AuditCheckpoint> piece;
    do {
      const std::int64_t after = checkpoints_.empty() ? 0 : checkpoints_.back().number;
      piece = database_.read(
          [&](Transaction& tx) { return AuditCheckpoints(tx).after(after, records::rows_in_a_piece); },
          patience);
      std::move(piece.begin(), piece.end(), std::back_inserter(checkpoints_));
    } while (!piece.empty());
    const auto removal = std::find_if(checkpoints_.rbegin(), checkpoints_.rend(),
                                      [](const AuditCheckpoint& each) { return each.removal.has_value(); });
    if (removal != checkpoints_.rend()) begin_at(*removal);
    found_.checkpoints = checkpoints_.size();
    found_.last_checkpoint = checkpoints_.empty() ? 0 : checkpoints_.back().number;
  }

  // What is before it may be there still, or may not.
  void begin_at(const AuditCheckpoint& first) {
    if (!is_well_signed("checkpoint " + std::to_string(first.number), first.removal_text(),
                        first.removal->signature))
      return;
    found_.first_checkpoint = first.number;
    began_at_ = first.at;
    for (AuditChain& end : chains(first)) begins_[end.chain] = std::move(end);
    std::erase_if(checkpoints_,
                  [number = first.number](const AuditCheckpoint& each) { return each.number < number; });
  }

  void read_ends() {
    database_.read(
        [&](Transaction& tx) {
          beyond_.clear();
          for (AuditChain& end : records::AuditChains(tx, keys_).ends()) ends_[end.chain] = std::move(end);
          for (std::int64_t chain = 0; chain < records::audit_chains; ++chain) {
            const records::Page page{"number", false, 1, 0};
            auto found = records::find_all<AuditEntry>(
                tx,
                {{"chain", Test::is, Value::of_number(chain)},
                 {"number", Test::above, Value::of_number(ends_[chain].number)}},
                &page);
            std::move(found.begin(), found.end(), std::back_inserter(beyond_));
          }
          for (const auto& [test, chain] :
               {std::pair(Test::below, std::int64_t{0}), std::pair(Test::above, records::audit_chains - 1)}) {
            const records::Page page{nullptr, false, most_faults, 0};
            auto found = records::find_all<AuditEntry>(tx, {{"chain", test, Value::of_number(chain)}}, &page);
            std::move(found.begin(), found.end(), std::back_inserter(beyond_));
          }
        },
        patience);
    for (const AuditEntry& entry : beyond_)
      fault(named(entry), "was put in behind the end of its chain" + about(entry));
  }

  bool is_well_signed(const std::string& where, const std::string& text,
                      const AuditCheckpoint::Signature& by) {
    const Signed is = records::is_signed(keys_, text, by);
    if (is == Signed::no) fault(where, "isn't signed by this key ring");
    if (is == Signed::unknown) fault(where, "is signed by a key that the key ring lacks: " + by.key);
    return is == Signed::yes;
  }

  std::vector<AuditChain> chains(const AuditCheckpoint& checkpoint) {
    try {
      return checkpoint.chains();
    } catch (const std::runtime_error& unreadable) {
      fault("checkpoint " + std::to_string(checkpoint.number), unreadable.what());
      return {};
    }
  }

  void check(const AuditCheckpoint& checkpoint) {
    const std::string where = "checkpoint " + std::to_string(checkpoint.number);
    if (checkpoint.number != next_checkpoint_.value_or(found_.first_checkpoint))
      fault(where, "comes without the one before it: checkpoints are missing");
    next_checkpoint_ = checkpoint.number + 1;
    if (!is_well_signed(where, checkpoint.text(), checkpoint.signature)) return;
    for (AuditChain& end : chains(checkpoint)) {
      marks_[end.chain].try_emplace(end.number, Mark{checkpoint.number, checkpoint.at, std::move(end.link)});
    }
  }

  // From the end of what was removed to the end that was read at the beginning.
  void walk(std::int64_t chain) {
    AuditChain at = begins_[chain], old{chain, 0, {}};
    const AuditChain begin = at, end = ends_[chain];
    std::int64_t seen = std::numeric_limits<std::int64_t>::min();
    std::vector<AuditEntry> piece;
    do {
      piece = read_piece(chain, seen, end.number);
      for (const AuditEntry& entry : piece) {
        seen = entry.place->number;
        if (seen > begin.number) {
          step(at, entry);
        } else {
          step_over(old, begin, entry);
        }
      }
    } while (!piece.empty());
    if (old.number != 0 && old.number != begin.number)
      fault(chain_name(chain),
            "has records that aren't joined to its beginning, up to " + std::to_string(old.number));
    check_end(at, end);
  }

  std::vector<AuditEntry> read_piece(std::int64_t chain, std::int64_t after, std::int64_t last) {
    return database_.read(
        [&](Transaction& tx) {
          const records::Page page{"number", false, records::rows_in_a_piece, 0};
          return records::find_all<AuditEntry>(tx,
                                               {{"chain", Test::is, Value::of_number(chain)},
                                                {"number", Test::above, Value::of_number(after)},
                                                {"number", Test::below, Value::of_number(last + 1)}},
                                               &page);
        },
        patience);
  }

  // A record can't be checked where the one before it is missing; the next one can.
  void step(AuditChain& at, const AuditEntry& entry) {
    ++found_.records;
    if (!found_.from || entry.at < *found_.from) found_.from = entry.at;
    if (!found_.to || entry.at > *found_.to) found_.to = entry.at;
    const std::int64_t expected = at.number + 1;
    if (entry.place->number > expected) {
      fault(chain_name(entry.place->chain),
            range(expected, entry.place->number - 1) + " missing, before record " + entry.id + about(entry));
    } else {
      check_link(at, entry);
    }
    check_mark(entry);
    at.number = entry.place->number;
    at.link = entry.place->link;
  }

  // Its time is over and it is about to go. The one before the first of them has gone already.
  void step_over(AuditChain& old, const AuditChain& begin, const AuditEntry& entry) {
    if (old.number != 0) check_link(old, entry);
    if (entry.place->number == begin.number && entry.place->link != begin.link)
      fault(named(entry), "isn't the last record of those whose time is over" + about(entry));
    old.number = entry.place->number;
    old.link = entry.place->link;
  }

  void check_link(const AuditChain& at, const AuditEntry& entry) {
    switch (records::follows(keys_, entry, at.link)) {
      case Linked::yes: return;
      case Linked::no:
        return fault(named(entry),
                     "isn't what was written here, or doesn't follow the one before it" + about(entry));
      case Linked::unknown:
        return fault(named(entry), "is linked by a key that the key ring lacks" + about(entry));
    }
  }

  void check_mark(const AuditEntry& entry) {
    const auto& marks = marks_[entry.place->chain];
    const auto mark = marks.find(entry.place->number);
    if (mark == marks.end() || mark->second.link == entry.place->link) return;
    fault(named(entry), "isn't the record that checkpoint " + std::to_string(mark->second.checkpoint) +
                            " of " + iso_text(mark->second.at) + " has signed" + about(entry));
  }

  void check_end(const AuditChain& at, const AuditChain& end) {
    const std::int64_t chain = at.chain;
    if (at.number < end.number)
      fault(chain_name(chain), range(at.number + 1, end.number) + " missing, the last of it");
    else if (at.number != end.number || at.link != end.link)
      fault(chain_name(chain), "doesn't end with its last record");
    const auto& marks = marks_[chain];
    const std::int64_t last_signed = marks.empty() ? begins_[chain].number : marks.rbegin()->first;
    const std::int64_t last = std::max(at.number, end.number);
    if (last_signed > last) {
      const Mark& mark = marks.upper_bound(last)->second;
      fault(chain_name(chain), range(last + 1, last_signed) + " missing, the last of it: checkpoint " +
                                   std::to_string(mark.checkpoint) + " of " + iso_text(mark.at) +
                                   " has signed more");
    }
    if (at.number > last_signed) found_.after_last += static_cast<std::uint64_t>(at.number - last_signed);
  }

  // They end where chains begin.
  void count_unchained() {
    const bool none = database_.read([](Transaction& tx) {
      const records::Page page{nullptr, false, 1, 0};
      return records::find_all<AuditEntry>(tx, {{"chain", Test::is, Value{}}}, &page).empty();
    });
    if (none) return;
    std::vector<records::KeptRow> piece;
    do {
      piece = database_.read(
          [&](Transaction& tx) {
            return records::next_rows(tx, AuditEntry::table, piece.empty() ? nullptr : &piece.back().key());
          },
          patience);
      for (const records::KeptRow& row : piece) {
        const auto entry = AuditEntry::read(row.values());
        if (!entry.place) check_unchained(entry);
      }
    } while (!piece.empty());
  }

  void check_unchained(const AuditEntry& entry) {
    ++found_.unchained;
    const Time begin = began_at_.value_or(found_.from.value_or(now_));
    if (entry.at > begin + skew)
      fault(named(entry), "isn't in a chain, though it is later than the first that is" + about(entry));
  }

  records::Database& database_;
  const crypto::KeyRing& keys_;
  const Time now_;
  AuditVerified found_;
  std::vector<AuditCheckpoint> checkpoints_;
  std::optional<std::int64_t> next_checkpoint_;
  std::optional<Time> began_at_;  // removed is what was before
  std::map<std::int64_t, AuditChain> begins_, ends_;
  std::vector<AuditEntry> beyond_;
  std::map<std::int64_t, std::map<std::int64_t, Mark>> marks_;  // by chain and number
};

std::int64_t beginning(records::Database& database) {
  const auto removal =
      database.read([](Transaction& tx) { return AuditCheckpoints(tx).last_removal(); }, patience);
  return removal ? removal->number : 1;
}

}  // namespace

// Where old records began to go meanwhile, what was read before that has to be read again.
AuditVerified verify_audit(records::Database& database, const crypto::KeyRing& keys, Time now) {
  for (;;) {
    const std::int64_t begin = beginning(database);
    AuditVerified found = Verification(database, keys, now).run();
    if (found.faults.empty() || begin == beginning(database)) return found;
  }
}

AuditLines compare_with_log(records::Database& database, const crypto::KeyRing& keys, std::istream& log) {
  static const std::regex pattern(
      "(audit checkpoint ([0-9]{1,12}) at [^ ]{20}: [0-9]+ records, ends [0-9a-f]{64}, key ([^ ,]{1,32})), "
      "signature ([A-Za-z0-9_-]{86})");
  AuditLines found;
  const std::int64_t begin = beginning(database);
  std::string line;
  while (std::getline(log, line)) {
    std::smatch parts;
    if (line.find("audit checkpoint ") == std::string::npos) continue;
    if (!std::regex_search(line, parts, pattern) ||
        records::is_signed(keys, parts[1], {parts[3], parts[4]}) != Signed::yes) {
      ++found.strange;
      continue;
    }
    ++found.checkpoints;
    const std::int64_t number = std::stoll(parts[2]);
    if (number < begin) continue;
    const auto stored =
        database.read([&](Transaction& tx) { return AuditCheckpoints(tx).after(number - 1, 1); }, patience);
    const std::string where = "checkpoint " + std::to_string(number);
    if (stored.empty() || stored.front().number != number) {
      found.faults.push_back({where,
                              "is in the log and isn't in the store: the end of the audit was cut off, "
                              "or an older state of the store put back"});
    } else if (stored.front().text() != parts[1]) {
      found.faults.push_back({where, "is another one in the log than in the store"});
    }
  }
  return found;
}

}  // namespace doorward::engine
