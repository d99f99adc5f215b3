// What happened, for those who have to know: written in the transaction of what it records, kept for audit.retention.
#pragma once
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "records/database.hpp"

namespace doorward::records {

struct AuditEntry {
  std::string id;  // UUID version 7: sorts by time
  Time at;
  std::string actor;    // account id, "command" or empty: nobody known
  AccountId subject;    // whose account it is about; may be empty
  std::string action;   // "login", "password.change": stable
  std::string outcome;  // "ok", or the refusal's code
  std::string address;  // of the client
  std::string request;  // the id that log and error page show too
  std::string details;  // a bounded text; never a secret

  static const Table table;
  static AuditEntry read(std::span<const Value> row);
};

class Audit {
 public:
  explicit Audit(Transaction& tx) : tx_(tx) {}
  void add(const AuditEntry& entry);
  std::vector<AuditEntry> about(const AccountId& subject, std::uint32_t limit);  // the newest first
  std::int64_t remove_before(Time time);

 private:
  Transaction& tx_;
};

}  // namespace doorward::records
