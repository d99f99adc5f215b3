#include "records/organization.hpp"

namespace doorward::records {
namespace {
constexpr Field fields[] = {{"id", Type::text}, {"name", Type::text}, {"created_at", Type::time}};
}

const Table Organization::table{"organization", fields, {}};

Organization Organization::read(std::span<const Value> row) {
  return {OrganizationId(std::string(row[0].text)), std::string(row[1].text), row[2].time()};
}

const OrganizationId& Organizations::site() {
  static const OrganizationId id("site");
  return id;
}

bool Organizations::insert(const Organization& organization) {
  const Cell cells[] = {
      {"id", Value::of_text(organization.id.str())},
      {"name", Value::of_text(organization.name)},
      {"created_at", Value::of_time(organization.created_at)},
  };
  return tx_.store().insert(Organization::table.name, cells);
}

std::optional<Organization> Organizations::by_id(const OrganizationId& id) {
  return find_one<Organization>(tx_, {{"id", Test::is, Value::of_text(id.str())}});
}

}  // namespace doorward::records
