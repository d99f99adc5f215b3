#include "common/shape.hpp"

namespace storage_common {

std::string quoted_name(std::string_view name) {
  return '"' + std::string(name) + '"';
}  // names are [a-z0-9_]

std::string columns(const sdk::TableSpec& table) {
  std::string list;
  for (const auto& field : table.fields) list += (list.empty() ? "" : ",") + quoted_name(field.name);
  return list;
}

std::string above_prefix(std::string_view prefix) {
  while (!prefix.empty() && prefix.back() == '\xff') prefix.remove_suffix(1);
  std::string above(prefix);
  if (!above.empty()) above.back() = static_cast<char>(static_cast<unsigned char>(above.back()) + 1);
  return above;
}

void append_shape(std::string& shape, const sdk::TableSpec& table, std::span<const sdk::Match> matches) {
  for (const sdk::Match& match : matches) {
    const std::size_t field = table.check(match);
    const bool null = match.value.type == DOORWARD_NULL;
    const bool unbounded =
        match.test == DOORWARD_STARTS_WITH && above_prefix(sdk::view(match.value.text)).empty();
    shape += static_cast<char>(field);
    shape += static_cast<char>(match.test * 4 + (null ? 1 : 0) + (unbounded ? 2 : 0));
  }
  shape += '\xff';
}

void append_shape(std::string& shape, const sdk::TableSpec& table, std::span<const sdk::Change> changes) {
  if (changes.empty()) sdk::invalid("an update without changes");
  for (const sdk::Change& change : changes) {
    const char field = static_cast<char>(table.check(change));
    for (std::size_t i = 2; i + 1 < shape.size(); i += 2)
      if (shape[i] == field) sdk::invalid(table.name + "." + change.field + " is changed twice");
    shape += field;
    shape += change.add != 0 ? '+' : '=';
  }
  shape += '\xff';
}

void append_shape(std::string& shape, const sdk::TableSpec& table, const sdk::Page* page) {
  if (page == nullptr) return;
  shape += static_cast<char>(page->order_by == nullptr ? 0 : table.field(page->order_by));
  shape += page->descending != 0 ? 'd' : 'a';
}

void arrange(const sdk::TableSpec& table, std::span<const sdk::Cell> cells, std::vector<sdk::Cell>& row) {
  constexpr sdk::Cell absent{nullptr, {DOORWARD_NULL, 0, {nullptr, 0}}};
  row.assign(table.fields.size(), absent);
  for (const sdk::Cell& cell : cells) {
    sdk::Cell& own = row[table.check(cell)];
    if (own.field != nullptr) sdk::invalid(table.name + "." + cell.field + " is given twice");
    own = cell;
  }
  for (std::size_t i = 0; i < row.size(); ++i)
    if (row[i].field == nullptr && table.fields[i].required)
      sdk::invalid(table.name + "." + table.fields[i].name + " is missing");
}

}  // namespace storage_common
