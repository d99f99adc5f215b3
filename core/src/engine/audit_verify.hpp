// Looks through the whole audit, piece by piece, while the site runs: whether each record is the one that was written, none is
// missing, none was put in, and all of it goes on from where removed records end to where the last checkpoint says; and whether that
// is the one that the installation says is the last.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crypto/key_ring.hpp"
#include "records/audit_checkpoint.hpp"

namespace doorward::engine {

struct AuditFault {
  std::string where;  // "record 0190...", "checkpoint 17", "chain 3"
  std::string what;
};

struct AuditVerified {
  std::optional<Time> from, to;  // of the records; none: there are none
  std::uint64_t records = 0;     // that are in chains
  std::uint64_t checkpoints = 0;
  std::uint64_t after_last = 0;  // of the records, those that no checkpoint has signed yet
  std::uint64_t unchained = 0;   // of before there were chains: nothing vouches for them
  std::uint64_t expired = 0;  // about to go, for their time is over; nothing vouches for the first of a chain
  std::int64_t first_checkpoint = 1, last_checkpoint = 0;  // numbers
  std::vector<AuditFault> faults;
  std::uint64_t more_faults = 0;  // not listed
};

struct AuditTimes {
  Time now;
  std::chrono::seconds retention;  // of the settings: what removals were decided by
};

// Throws Unavailable.
AuditVerified verify_audit(records::Database& database, const crypto::KeyRing& keys, const AuditTimes& when);

}  // namespace doorward::engine
