#include "records/installation.hpp"

namespace doorward::records {
namespace {
constexpr Field fields[] = {{"id", Type::text},
                            {"key_check", Type::bytes},
                            {"created_at", Type::time},
                            {"last_checkpoint", Type::bytes, false}};
constexpr std::string_view only = "site";
}  // namespace

const Table Installation::table{"installation", fields, {}};

Installation Installation::read(std::span<const Value> row) {
  return {std::string(row[1].text), row[2].time(), std::string(row[3].text)};
}

bool Installations::insert(const Installation& installation) {
  const Cell cells[] = {
      {"id", Value::of_text(only)},
      {"key_check", Value::of_bytes(installation.key_check)},
      {"created_at", Value::of_time(installation.created_at)},
      {"last_checkpoint",
       installation.last_checkpoint.empty() ? Value{} : Value::of_bytes(installation.last_checkpoint)},
  };
  return tx_.store().insert(Installation::table.name, cells);
}

std::optional<Installation> Installations::get() {
  return find_one<Installation>(tx_, {{"id", Test::is, Value::of_text(only)}});
}

bool Installations::replace_key_check(const std::string& known, const std::string& by) {
  return update(tx_, Installation::table,
                {{"id", Test::is, Value::of_text(only)}, {"key_check", Test::is, Value::of_bytes(known)}},
                {{"key_check", Value::of_bytes(by)}}) == 1;
}

void Installations::note_checkpoint(const std::string& sealed) {
  update(tx_, Installation::table, {{"id", Test::is, Value::of_text(only)}},
         {{"last_checkpoint", Value::of_bytes(sealed)}});
}

}  // namespace doorward::records
