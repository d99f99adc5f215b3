#include "statements.hpp"

#include <algorithm>
#include <numeric>

namespace postgresql_store {

namespace {

using storage_common::above_prefix;
using storage_common::columns;
using storage_common::quoted_name;

constexpr const char* indexed_bytes = "400";

bool is_text(const sdk::FieldSpec& field) { return !sdk::is_integer(field.type); }

// Whether an index holds only the beginning of the field.
bool is_cut(const sdk::TableSpec& table, std::size_t field) {
  const auto holds = [field](const sdk::IndexSpec& index) {
    return std::find(index.fields.begin(), index.fields.end(), field) != index.fields.end();
  };
  return is_text(table.fields[field]) && std::any_of(table.indexes.begin(), table.indexes.end(), holds);
}

std::string cut(const std::string& what) { return "substring(" + what + ",1," + indexed_bytes + ")"; }

std::string place(std::size_t number) { return "$" + std::to_string(number); }

// NULL is part of the shape, not a bound value. `number` is the next place, and moves on.
std::string condition(const sdk::TableSpec& table, const sdk::Match& match, std::size_t& number) {
  const std::size_t field = table.field(match.field);
  const std::string name = quoted_name(match.field);
  const bool null = match.value.type == DOORWARD_NULL, is_indexed_cut = is_cut(table, field);
  // The comparison of the whole, and the same or a wider one of what indexes hold.
  const auto compared = [&](const char* whole, const char* beginning) {
    const std::string value = place(number++);
    return name + whole + value + (is_indexed_cut ? " AND " + cut(name) + beginning + cut(value) : "");
  };
  switch (match.test) {
    case DOORWARD_IS:
      if (!null) return compared("=", "=");
      return name + " IS NULL" + (is_indexed_cut ? " AND " + cut(name) + " IS NULL" : "");
    case DOORWARD_IS_NOT: return null ? name + " IS NOT NULL" : name + " IS DISTINCT FROM " + place(number++);
    case DOORWARD_BELOW: return compared("<", "<=");
    case DOORWARD_ABOVE: return compared(">", ">=");
    case DOORWARD_STARTS_WITH: break;
  }
  const bool bounded = !above_prefix(sdk::view(match.value.text)).empty();
  const std::string least = compared(">=", ">=");
  return least + (bounded ? " AND " + compared("<", "<=") : "");
}

std::string where(const sdk::TableSpec& table, std::span<const sdk::Match> matches, std::size_t number = 1) {
  std::string text;
  for (const sdk::Match& match : matches)
    text += (text.empty() ? " WHERE " : " AND ") + condition(table, match, number);
  return text;
}

// "a" and "b" equal $3 and $5, as an index has them. `places` by field; 0: not compared.
std::string holds(const sdk::TableSpec& table, const std::vector<std::size_t>& fields,
                  const std::vector<std::size_t>& places) {
  std::string text;
  for (const std::size_t field : fields) {
    if (places[field] == 0) continue;
    const std::string name = quoted_name(table.fields[field].name), value = place(places[field]);
    text += (text.empty() ? "" : " AND ") + name + "=" + value;
    if (is_cut(table, field)) text += " AND " + cut(name) + "=" + cut(value);
  }
  return text;
}

// Every parameter has to be mentioned.
std::string from_given(std::size_t parameters) {
  std::string places;
  for (std::size_t i = 1; i <= parameters; ++i) places += (i == 1 ? "" : ",") + place(i);
  return " FROM (SELECT " + places + ") AS given";
}

}  // namespace

std::string Statements::table(const sdk::TableSpec& table) const {
  return schema_ + "." + quoted_name(table.name);
}

// DO NOTHING instead of an error keeps the transaction going without a savepoint. A row in the way that our view doesn't have is a
// serialization failure.
std::string Statements::insert(const sdk::TableSpec& table) const {
  std::string places;
  for (std::size_t i = 1; i <= table.fields.size(); ++i) places += (i == 1 ? "" : ",") + place(i);
  return "INSERT INTO " + this->table(table) + " (" + columns(table) + ") VALUES (" + places +
         ") ON CONFLICT DO NOTHING";
}

std::string Statements::find(const sdk::TableSpec& table, std::span<const sdk::Match> matches,
                             const sdk::Page* page) const {
  std::string sql = "SELECT " + columns(table) + " FROM " + this->table(table) + where(table, matches);
  if (page == nullptr) return sql;
  const bool down = page->descending != 0;
  std::string order;
  if (page->order_by != nullptr && table.find_field(page->order_by) != 0) {
    const std::string name = quoted_name(page->order_by);
    const std::string direction = down ? " DESC NULLS LAST," : " NULLS FIRST,";
    if (is_cut(table, table.field(page->order_by))) order += cut(name) + direction;
    order += name + direction;
  }
  std::size_t number = 1;
  for (const sdk::Match& match : matches) condition(table, match, number);
  return sql + " ORDER BY " + order + quoted_name(table.fields.front().name) + (down ? " DESC" : "") +
         " LIMIT " + place(number) + " OFFSET " + place(number + 1);
}

std::string Statements::update(const sdk::TableSpec& table, std::span<const sdk::Match> matches,
                               std::span<const sdk::Change> changes) const {
  std::string sets;
  std::size_t number = 1;
  for (const sdk::Change& change : changes) {
    const std::string name = quoted_name(change.field);
    sets += (sets.empty() ? "" : ",") + name + "=" + (change.add != 0 ? name + "+" : "") + place(number++);
  }
  return "UPDATE " + this->table(table) + " SET " + sets + where(table, matches, number);
}

std::string Statements::remove(const sdk::TableSpec& table, std::span<const sdk::Match> matches,
                               bool taken) const {
  return "DELETE FROM " + this->table(table) + where(table, matches) +
         (taken ? " RETURNING " + columns(table) : "");
}

// One select for each index, so that each uses its own and no other row is read.
std::string Statements::count_of_holders(const sdk::TableSpec& table,
                                         const std::vector<std::size_t>& places) const {
  std::string sum = "0";
  const auto add = [&](const std::vector<std::size_t>& fields) {
    if (const std::string held = holds(table, fields, places); !held.empty())
      sum += "+(SELECT count(*) FROM " + this->table(table) + " WHERE " + held + ")";
  };
  add({0});  // the key
  for (const sdk::IndexSpec& index : table.indexes)
    if (index.unique) add(index.fields);
  return sum;
}

std::string Statements::in_the_way(const sdk::TableSpec& table) const {
  std::vector<std::size_t> places(table.fields.size());
  std::iota(places.begin(), places.end(), std::size_t{1});
  return "SELECT " + count_of_holders(table, places) + from_given(places.size());
}

std::string Statements::holders(const sdk::TableSpec& table, std::span<const sdk::Match> matches,
                                std::span<const sdk::Change> changes) const {
  std::vector<std::size_t> places(table.fields.size(), 0);
  for (std::size_t i = 0; i < changes.size(); ++i)
    if (changes[i].add == 0) places[table.field(changes[i].field)] = i + 1;
  return "SELECT " + count_of_holders(table, places) + ",(SELECT count(*) FROM (SELECT FROM " +
         this->table(table) + where(table, matches, changes.size() + 1) + " LIMIT 2) AS two)" +
         from_given(changes.size());
}

void bind(const sdk::TableSpec& table, std::span<const sdk::Match> matches, Parameters& parameters) {
  for (const sdk::Match& match : matches) {
    if (match.value.type == DOORWARD_NULL) continue;
    parameters.add(match.value, table.fields[table.field(match.field)].type);
    if (match.test != DOORWARD_STARTS_WITH) continue;
    if (std::string above = above_prefix(sdk::view(match.value.text)); !above.empty())
      parameters.add(std::move(above));
  }
}

bool is_unique(const sdk::TableSpec& table, std::span<const sdk::Change> changes) {
  return std::any_of(table.indexes.begin(), table.indexes.end(), [&](const sdk::IndexSpec& index) {
    return index.unique && std::any_of(changes.begin(), changes.end(), [&](const sdk::Change& change) {
             return std::find(index.fields.begin(), index.fields.end(), table.field(change.field)) !=
                    index.fields.end();
           });
  });
}

std::string index_columns(const sdk::TableSpec& table, const sdk::IndexSpec& index) {
  std::string list, digests;
  for (const std::size_t field : index.fields) {
    const std::string name = quoted_name(table.fields[field].name);
    const bool text = is_text(table.fields[field]);
    list += (list.empty() ? "" : ",") + (text ? "(" + cut(name) + ")" : name) + " NULLS FIRST";
    if (text && index.unique)
      digests += std::string(",(CASE WHEN octet_length(") + name + ")>" + indexed_bytes + " THEN sha256(" +
                 name + ") ELSE ''::bytea END)";
  }
  return list + digests;
}

}  // namespace postgresql_store
