// What happened, for those who have to know: written in the transaction of what it records, kept for audit.retention. It is
// added by way of records/audit_chain only, and never changed.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "records/database.hpp"

namespace doorward::records {

// Where a record stands in the audit.
struct AuditPlace {
  std::int64_t chain = 0;   // below audit_chains
  std::int64_t number = 0;  // from 1 on, without gaps
  std::string link;         // what joins it to the one before: audit_chain.hpp
};

struct AuditEntry {
  std::string id;  // UUID version 7: sorts by time
  Time at;
  std::string actor;                     // account id, "command" or empty: nobody known
  AccountId subject;                     // whose account it is about; may be empty
  std::string action;                    // "login", "password.change": stable
  std::string outcome;                   // "ok", or the refusal's code
  std::string address;                   // of the client
  std::string request;                   // the id that log and error page show too
  std::string details;                   // a bounded text; never a secret
  std::optional<AuditPlace> place = {};  // none: written before there were chains

  static const Table table;
  static AuditEntry read(std::span<const Value> row);
};

// To look at.
class Audit {
 public:
  explicit Audit(Transaction& tx) : tx_(tx) {}
  // The newest first; of those that are older than the one called `before`, unless that is empty.
  std::vector<AuditEntry> about(const AccountId& subject, std::uint32_t limit,
                                const std::string& before = {});

 private:
  Transaction& tx_;
};

}  // namespace doorward::records
