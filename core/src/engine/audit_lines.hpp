// Checkpoints of the audit that left the store as lines of a log, against the store: one that was signed and isn't there any
// more, though its time isn't over, says that the end of the audit was cut off, or that an older state of the store was put back.
#pragma once
#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "engine/audit_verify.hpp"

namespace doorward::engine {

struct AuditLines {
  std::uint64_t checkpoints = 0;  // signed by this key ring
  std::uint64_t compared = 0;     // of these, the ones that the store has to have
  std::uint64_t strange = 0;      // that look like one and aren't: anybody may get a line into a log
  std::vector<AuditFault> faults;
};

// `log` is a log, or any text that holds some of its lines; `name` is what a fault calls it. That it can't be read, or has no
// checkpoint to compare though the store has some, is a fault: it would vouch for nothing. Throws Unavailable.
AuditLines compare_with_log(records::Database& database, const crypto::KeyRing& keys, std::istream& log,
                            const std::string& name);

}  // namespace doorward::engine
