// The chains that hold the audit together. Each record says how many records of its chain are before it, and carries a link:
// a keyed digest of the link before it and of all that the record says. Whoever can write to the store but hasn't the site's key
// ring can make no link, so a record that was changed, taken out, put in or moved shows.
//
// There are several, so that transactions which write at the same time are seldom in each other's way: each adds to one, and
// runs again where its end moved meanwhile. docs/decisions/0019-audit-chains.md says why it is so.
#pragma once
#include "crypto/key_ring.hpp"
#include "records/audit_entry.hpp"

namespace doorward::records {

inline constexpr std::int64_t audit_chains = 16;

struct AuditChain {         // as far as it goes
  std::int64_t chain = 0;   // -1: its row's id is none
  std::int64_t number = 0;  // of its last record
  std::string link;         // its last record's

  bool operator==(const AuditChain&) const = default;

  static const Table table;
  static AuditChain read(std::span<const Value> row);
};

// How many records chains that go so far have had. An end that somebody altered may make it too many, or too few; the sum is
// one that more can be added to.
std::int64_t records_of(const std::vector<AuditChain>& ends);

class AuditChains {
 public:
  AuditChains(Transaction& tx, const crypto::KeyRing& keys) : tx_(tx), keys_(keys) {}

  void add(AuditEntry entry);      // its place is found here
  std::vector<AuditChain> ends();  // of those that have a record, in their order

 private:
  bool moves(const std::optional<AuditChain>& from, const AuditEntry& to);  // the end of a chain
  std::optional<AuditChain> last_of(std::int64_t chain);                    // as its records have it

  Transaction& tx_;
  const crypto::KeyRing& keys_;
};

enum class Linked {
  yes,
  no,
  unknown  // by a key that the ring lacks
};
// Whether the link of `entry`, which has a place, is the one that comes after `before`: the link before it, empty for the first.
Linked follows(const crypto::KeyRing& keys, const AuditEntry& entry, std::string_view before);

}  // namespace doorward::records
