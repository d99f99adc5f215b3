#include "records/audit_entry.hpp"

namespace doorward::records {
namespace {

constexpr Field fields[] = {{"id", Type::text},           {"at", Type::time},
                            {"actor", Type::text, false}, {"subject", Type::text, false},
                            {"action", Type::text},       {"outcome", Type::text},
                            {"address", Type::text},      {"request", Type::text},
                            {"details", Type::text}};
constexpr Index indexes[] = {{"subject", false}, {"at", false}};

}  // namespace

const Table AuditEntry::table{"audit_entry", fields, indexes};

AuditEntry AuditEntry::read(std::span<const Value> row) {
  return {std::string(row[0].text), row[1].time(),
          std::string(row[2].text), AccountId(std::string(row[3].text)),
          std::string(row[4].text), std::string(row[5].text),
          std::string(row[6].text), std::string(row[7].text),
          std::string(row[8].text)};
}

void Audit::add(const AuditEntry& entry) {
  const Cell cells[] = {
      {"id", Value::of_text(entry.id)},
      {"at", Value::of_time(entry.at)},
      {"actor", optional_text(entry.actor)},
      {"subject", optional_text(entry.subject.str())},
      {"action", Value::of_text(entry.action)},
      {"outcome", Value::of_text(entry.outcome)},
      {"address", Value::of_text(entry.address)},
      {"request", Value::of_text(entry.request)},
      {"details", Value::of_text(std::string_view(entry.details).substr(0, 512))},
  };
  tx_.store().insert(AuditEntry::table.name, cells);
}

std::vector<AuditEntry> Audit::about(const AccountId& subject, std::uint32_t limit) {
  const Page page{nullptr, true, limit, 0};
  return find_all<AuditEntry>(tx_, {{"subject", Test::is, Value::of_text(subject.str())}}, &page);
}

std::int64_t Audit::remove_before(Time time) {
  return remove(tx_, AuditEntry::table, {{"at", Test::below, Value::of_time(time)}});
}

}  // namespace doorward::records
