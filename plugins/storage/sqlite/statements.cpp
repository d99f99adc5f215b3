#include "statements.hpp"

namespace sqlite_store {

namespace {

using storage_common::above_prefix;
using storage_common::columns;
using storage_common::quoted_name;

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
