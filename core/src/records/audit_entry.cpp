#include "records/audit_entry.hpp"

namespace doorward::records {
namespace {

constexpr Field fields[] = {{"id", Type::text},
                            {"at", Type::time},
                            {"actor", Type::text, false},
                            {"subject", Type::text, false},
                            {"action", Type::text},
                            {"outcome", Type::text},
                            {"address", Type::text},
                            {"request", Type::text},
                            {"details", Type::text},
                            {"chain", Type::number, false},
                            {"number", Type::number, false},
                            {"link", Type::text, false}};
constexpr Index indexes[] = {{"subject", false}, {"at", false}, {"chain,number", true}};

}  // namespace

const Table AuditEntry::table{"audit_entry", fields, indexes};

AuditEntry AuditEntry::read(std::span<const Value> row) {
  AuditEntry entry{std::string(row[0].text), row[1].time(),
                   std::string(row[2].text), AccountId(std::string(row[3].text)),
                   std::string(row[4].text), std::string(row[5].text),
                   std::string(row[6].text), std::string(row[7].text),
                   std::string(row[8].text)};
  if (!row[9].is_null()) entry.place = {row[9].number, row[10].number, std::string(row[11].text)};
  return entry;
}

std::vector<AuditEntry> Audit::about(const AccountId& subject, std::uint32_t limit,
                                     const std::string& before) {
  const Page page{nullptr, true, limit, 0};
  const Match about{"subject", Test::is, Value::of_text(subject.str())};
  if (before.empty()) return find_all<AuditEntry>(tx_, {about}, &page);
  return find_all<AuditEntry>(tx_, {about, {"id", Test::below, Value::of_text(before)}}, &page);
}

}  // namespace doorward::records
