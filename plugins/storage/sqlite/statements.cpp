#include "statements.hpp"

namespace sqlite_store {

namespace {

std::string columns(const sdk::TableSpec& table) {
  std::string list;
  for (const auto& field : table.fields) list += (list.empty() ? "" : ",") + quoted_name(field.name);
  return list;
}

// NULL is part of the shape, not a bound value: "= ?" uses an index and "IS ?" only sometimes does.
std::string condition(const sdk::Match& match) {
  const std::string name = quoted_name(match.field);
  const bool null = match.value.type == DOORWARD_NULL;
  switch (match.test) {
    case DOORWARD_IS: return name + (null ? " IS NULL" : "=?");
    case DOORWARD_IS_NOT: return name + (null ? " IS NOT NULL" : " IS NOT ?");
    case DOORWARD_BELOW: return name + "<?";
    case DOORWARD_ABOVE: return name + ">?";
    case DOORWARD_STARTS_WITH: break;
  }
  const bool bounded = !above_prefix(sdk::view(match.value.text)).empty();
  return name + ">=?" + (bounded ? " AND " + name + "<?" : "");
}

std::string where(std::span<const sdk::Match> matches) {
  std::string text;
  for (const sdk::Match& match : matches) text += (text.empty() ? " WHERE " : " AND ") + condition(match);
  return text;
}

}  // namespace

std::string quoted_name(std::string_view name) {
  return '"' + std::string(name) + '"';
}  // names are [a-z0-9_]

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

std::string insert_sql(const sdk::TableSpec& table) {
  std::string places;
  for (std::size_t i = 0; i < table.fields.size(); ++i) places += i == 0 ? "?" : ",?";
  return "INSERT INTO " + quoted_name(table.name) + " (" + columns(table) + ") VALUES (" + places + ")";
}

std::string find_sql(const sdk::TableSpec& table, std::span<const sdk::Match> matches,
                     const sdk::Page* page) {
  std::string sql = "SELECT " + columns(table) + " FROM " + quoted_name(table.name) + where(matches);
  if (page == nullptr) return sql;
  const char* direction = page->descending != 0 ? " DESC" : "";
  const std::string key = quoted_name(table.fields.front().name);
  sql += " ORDER BY ";
  if (page->order_by != nullptr && table.find_field(page->order_by) != 0)
    sql += quoted_name(page->order_by) + direction + ",";
  return sql + key + direction + " LIMIT ? OFFSET ?";
}

std::string update_sql(const sdk::TableSpec& table, std::span<const sdk::Match> matches,
                       std::span<const sdk::Change> changes) {
  std::string sets;
  for (const sdk::Change& change : changes) {
    const std::string name = quoted_name(change.field);
    sets += (sets.empty() ? "" : ",") + name + "=" + (change.add != 0 ? name + "+?" : "?");
  }
  return "UPDATE " + quoted_name(table.name) + " SET " + sets + where(matches);
}

std::string remove_sql(const sdk::TableSpec& table, std::span<const sdk::Match> matches, bool taken) {
  return "DELETE FROM " + quoted_name(table.name) + where(matches) +
         (taken ? " RETURNING " + columns(table) : "");
}

}  // namespace sqlite_store
