#include "engine/audit_verify.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>

#include "base/iso_time.hpp"
#include "engine/founding.hpp"
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

std::string named(const AuditEntry& entry) { return "record " + entry.id; }
std::string about(const AuditEntry& entry) { return " (" + entry.action + " at " + iso_text(entry.at) + ")"; }
std::string chain_name(std::int64_t chain) { return "chain " + std::to_string(chain); }
std::string range(std::int64_t first, std::int64_t last) {
  return first == last ? "record " + std::to_string(first) + " is"
                       : "records " + std::to_string(first) + " to " + std::to_string(last) + " are";
}

class Verification {
 public:
  Verification(records::Database& database, const crypto::KeyRing& keys, const AuditTimes& when)
      : database_(database), keys_(keys), when_(when) {
    for (std::int64_t chain = 0; chain < records::audit_chains; ++chain)
      begins_[chain].chain = ends_[chain].chain = chain;
  }

  AuditVerified run() {
    read_installation();
    read_checkpoints();
    check_note();
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

  // Before the checkpoints, so that the one it names is among them.
  void read_installation() {
    const auto installation =
        database_.read([](Transaction& tx) { return records::Installations(tx).get(); }, patience);
    if (!installation) return fault("installation", "is missing: the store is another one, or was emptied");
    if (!belongs(keys_, *installation)) return fault("installation", "isn't sealed with this key ring");
    since_ = audit_chained_since(keys_, *installation);
    if (!since_)
      return fault(
          "installation",
          "doesn't say since when the audit is chained: a web server of this version has to start once");
    note_ = records::open_note(installation->last_checkpoint, keys_);
    if (!note_) {
      fault("installation", "doesn't say any more which checkpoint was signed last: that was altered");
    } else if (note_->lost_at) {
      fault("installation",
            "didn't say on " + iso_text(*note_->lost_at) +
                " which checkpoint was signed last: that had been altered, and checkpoints of "
                "before may have been taken out");
    }
  }

  // Before the chains' ends, which so are behind all of them.
  void read_checkpoints() {
    std::vector<AuditCheckpoint> piece;
    std::string after;
    do {
      piece = database_.read(
          [&](Transaction& tx) { return AuditCheckpoints(tx, keys_).after(after, records::rows_in_a_piece); },
          patience);
      for (AuditCheckpoint& checkpoint : piece) {
        after = checkpoint.id;
        if (checkpoint.number != 0) {
          checkpoints_.push_back(std::move(checkpoint));
        } else {
          fault("checkpoint " + checkpoint.id.substr(0, 40), "has an id that is no number: it was altered");
        }
      }
    } while (!piece.empty());
    for (std::size_t i = checkpoints_.size(); i-- != 0;) {
      if (checkpoints_[i].removal && begin_at(checkpoints_[i])) break;
    }
    found_.checkpoints = checkpoints_.size();
    found_.last_checkpoint = checkpoints_.empty() ? 0 : checkpoints_.back().number;
  }

  // The installation says which one was the last, so that the last one is missed, too, and so are all of them.
  void check_note() {
    if (!note_ || note_->number < found_.first_checkpoint) return;
    const std::string where = "checkpoint " + std::to_string(note_->number);
    const auto noted = std::find_if(checkpoints_.begin(), checkpoints_.end(),
                                    [&](const auto& each) { return each.number == note_->number; });
    if (noted == checkpoints_.end()) {
      fault(where, "is missing: it was the last one that was signed");
    } else if (noted->signature.bytes != note_->signature) {
      fault(where, "isn't the one that was signed");
    }
  }

  // What is before it may be there still, or may not.
  bool begin_at(const AuditCheckpoint& first) {
    if (!is_well_signed("checkpoint " + std::to_string(first.number), first.removal_text(),
                        first.removal->signature))
      return false;
    found_.first_checkpoint = first.number;
    removed_at_ = first.removal->at;
    for (AuditChain& end : chains(first)) begins_[end.chain] = std::move(end);
    std::erase_if(checkpoints_,
                  [number = first.number](const AuditCheckpoint& each) { return each.number < number; });
    return true;
  }

  void read_ends() {
    database_.read(
        [&](Transaction& tx) {
          beyond_.clear();
          unnumbered_.clear();
          strange_.clear();
          for (AuditChain& end : records::find_all<AuditChain>(tx, {})) {
            const bool is_one = end.chain >= 0 && end.chain < records::audit_chains;
            (is_one ? ends_[end.chain] : strange_.emplace_back()) = std::move(end);
          }
          for (std::int64_t chain = 0; chain < records::audit_chains; ++chain) {
            const records::Page page{"number", false, 1, 0};
            auto found = records::find_all<AuditEntry>(
                tx,
                {{"chain", Test::is, Value::of_number(chain)},
                 {"number", Test::above, Value::of_number(ends_[chain].number)}},
                &page);
            std::move(found.begin(), found.end(), std::back_inserter(beyond_));
            add_unnumbered(tx, chain);
          }
          for (const auto& [test, chain] :
               {std::pair(Test::below, std::int64_t{0}), std::pair(Test::above, records::audit_chains - 1)}) {
            const records::Page page{nullptr, false, most_faults, 0};
            auto found = records::find_all<AuditEntry>(tx, {{"chain", test, Value::of_number(chain)}}, &page);
            std::move(found.begin(), found.end(), std::back_inserter(beyond_));
          }
        },
        patience);
    for (const AuditChain& end : strange_) fault(chain_name(end.chain), "is none that there can be");
    for (const AuditEntry& entry : beyond_)
      fault(named(entry), "was put in behind the end of its chain" + about(entry));
    for (const AuditEntry& entry : unnumbered_)
      fault(named(entry), "is in a chain, but has no number there" + about(entry));
  }

  // No look for numbers finds what has none.
  void add_unnumbered(Transaction& tx, std::int64_t chain) {
    const records::Page page{nullptr, false, most_faults, 0};
    auto found = records::find_all<AuditEntry>(
        tx, {{"chain", Test::is, Value::of_number(chain)}, {"number", Test::is, Value{}}}, &page);
    std::move(found.begin(), found.end(), std::back_inserter(unnumbered_));
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
    std::optional<std::int64_t> seen;
    std::vector<AuditEntry> piece;
    do {
      piece = read_piece(chain, seen, end.number);
      old.number = 0;
      for (const AuditEntry& entry : piece) {
        seen = entry.place->number;
        if (seen < 1) {
          fault(named(entry), "was put in before the beginning of its chain" + about(entry));
        } else if (seen > begin.number) {
          step(at, entry);
        } else {
          step_over(old, begin, entry);
        }
      }
      const bool is_all = piece.size() < records::rows_in_a_piece || seen > begin.number;
      if (is_all && old.number != 0 && old.number != begin.number)
        fault(chain_name(chain),
              "has records that aren't joined to its beginning, up to " + std::to_string(old.number));
    } while (!piece.empty());
    check_end(at, end);
  }

  // Without `after` from the first one on, whatever number somebody has given it.
  std::vector<AuditEntry> read_piece(std::int64_t chain, std::optional<std::int64_t> after,
                                     std::int64_t last) {
    const records::Match in_chain{"chain", Test::is, Value::of_number(chain)};
    const std::int64_t most = std::numeric_limits<std::int64_t>::max();
    const records::Match up_to_end{"number", Test::below, Value::of_number(last == most ? most : last + 1)};
    const records::Page page{"number", false, records::rows_in_a_piece, 0};
    return database_.read(
        [&](Transaction& tx) {
          if (!after) return records::find_all<AuditEntry>(tx, {in_chain, up_to_end}, &page);
          const records::Match behind{"number", Test::above, Value::of_number(*after)};
          return records::find_all<AuditEntry>(tx, {in_chain, behind, up_to_end}, &page);
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

  // Its time is over and it is about to go. The one before the first of them has gone already, and between two pieces more may
  // go: they go from the first one on, so that what a single piece shows of them has no gap.
  void step_over(AuditChain& old, const AuditChain& begin, const AuditEntry& entry) {
    ++found_.expired;
    // Clocks that were ahead have made some of a time that is still to come: they go with the others.
    if (entry.at >= std::chrono::floor<std::chrono::days>(removed_at_ - when_.retention) &&
        entry.at <= when_.now + AuditCheckpoints::skew)
      fault(named(entry), "stands among those whose time was over on " + iso_text(removed_at_) +
                              ", and its own wasn't" + about(entry));
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

  // Of an installation that was founded with chains there is none. Where there are some, clocks of hosts may differ.
  void check_unchained(const AuditEntry& entry) {
    ++found_.unchained;
    if (!since_) return;  // which is a fault itself
    if (*since_ == Time()) {
      fault(named(entry), "isn't in a chain, as all records here are" + about(entry));
    } else if (entry.at > *since_ + AuditCheckpoints::skew) {
      fault(named(entry), "isn't in a chain, though it is later than " + iso_text(*since_) +
                              ", since when all are" + about(entry));
    }
  }

  records::Database& database_;
  const crypto::KeyRing& keys_;
  AuditTimes when_;
  Time removed_at_;
  std::optional<Time> since_;  // all records are in chains
  std::optional<records::AuditNote> note_;
  AuditVerified found_;
  std::vector<AuditCheckpoint> checkpoints_;
  std::optional<std::int64_t> next_checkpoint_;
  std::map<std::int64_t, AuditChain> begins_, ends_;
  std::vector<AuditChain> strange_;
  std::vector<AuditEntry> beyond_, unnumbered_;
  std::map<std::int64_t, std::map<std::int64_t, Mark>> marks_;  // by chain and number
};

// The checkpoint before which all is removed; 0: nothing was yet.
std::int64_t beginning(records::Database& database, const crypto::KeyRing& keys) {
  const auto removal =
      database.read([&](Transaction& tx) { return AuditCheckpoints(tx, keys).last_removal(); }, patience);
  return removal ? removal->number : 0;
}

}  // namespace

// Where old records began to go meanwhile, what was read before that has to be read again.
AuditVerified verify_audit(records::Database& database, const crypto::KeyRing& keys, const AuditTimes& when) {
  for (;;) {
    const std::int64_t begin = beginning(database, keys);
    AuditVerified found = Verification(database, keys, when).run();
    if (found.faults.empty() || begin == beginning(database, keys)) return found;
  }
}

}  // namespace doorward::engine
