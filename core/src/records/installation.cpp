#include "records/installation.hpp"

namespace doorward::records {
namespace {
constexpr Field fields[] = {{"id", Type::text}, {"key_check", Type::bytes}, {"created_at", Type::time}};
constexpr std::string_view only = "site";
}  // namespace

const Table Installation::table{"installation", fields, {}};

Installation Installation::read(std::span<const Value> row) {
  return {std::string(row[1].text), row[2].time()};
}

bool Installations::insert(const Installation& installation) {
  const Cell cells[] = {
      {"id", Value::of_text(only)},
      {"key_check", Value::of_bytes(installation.key_check)},
      {"created_at", Value::of_time(installation.created_at)},
  };
  return tx_.store().insert(Installation::table.name, cells);
}

std::optional<Installation> Installations::get() {
  return find_one<Installation>(tx_, {{"id", Test::is, Value::of_text(only)}});
}

}  // namespace doorward::records
