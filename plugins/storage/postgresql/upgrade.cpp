#include "upgrade.hpp"

#include <map>
#include <optional>
#include <set>

#include "statements.hpp"

namespace postgresql_store {

namespace {

using storage_common::quoted_name;

constexpr std::size_t longest_name = 63;  // bytes: NAMEDATALEN of PostgreSQL less one
constexpr std::size_t most_fields = 200;
constexpr std::size_t most_indexed_fields = 24;  // PostgreSQL has 32, and a digest may stand beside each text

struct Field {  // as the database has it
  std::string type;
  bool required, key;
};
struct Known {
  bool schema = false, ours = false, strangers = false;
  std::map<std::string, std::map<std::string, Field>> fields;  // by table and field
  std::set<std::string> indexes;
};

const char* sql_zero(doorward_type type) {
  return type == DOORWARD_FLAG ? "false" : sdk::is_integer(type) ? "0" : "''";
}

// FNV-1a, 64 bits (RFC 9923): two long names that begin alike get different ones.
std::string digest(const std::string& text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  std::string hex;
  for (int shift = 60; shift >= 0; shift -= 4) hex += "0123456789abcdef"[hash >> shift & 15];
  return hex;
}

std::string bounded(const std::string& name) {
  if (name.size() <= longest_name) return name;
  const std::string end = digest(name);
  return name.substr(0, longest_name - end.size() - 1) + " " + end;
}

std::string index_name(const sdk::TableSpec& table, const sdk::IndexSpec& index) {
  std::string name = table.name + (index.unique ? " unique" : " index");
  for (const std::size_t field : index.fields) name += " " + table.fields[field].name;
  return bounded(name);
}

void check_limits(const sdk::TableSpec& table) {
  if (table.fields.size() > most_fields) sdk::invalid(table.name + " has too many fields");
  if (table.name.size() > longest_name) sdk::invalid(table.name + ": the name is too long for PostgreSQL");
  for (const sdk::FieldSpec& field : table.fields)
    if (field.name.size() > longest_name)
      sdk::invalid(table.name + "." + field.name + ": the name is too long for PostgreSQL");
  for (const sdk::IndexSpec& index : table.indexes) {
    std::size_t texts = 0;
    for (const std::size_t field : index.fields) texts += sdk::is_integer(table.fields[field].type) ? 0U : 1U;
    if (texts > most_texts_in_an_index || index.fields.size() > most_indexed_fields)
      sdk::invalid(table.name + ": an index has too many fields for PostgreSQL");
  }
}

class Upgrade {
 public:
  Upgrade(Connection& connection, const std::string& schema_name, const Limit& limit)
      : connection_(connection),
        schema_name_(schema_name),
        schema_(quoted_name(schema_name)),
        limit_(limit) {}

  void run(const sdk::Schema& schema) {
    plan(schema);
    if (steps_.empty()) return;
    run("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE");
    try {
      // The lock's number says "Door"; the second one tells schemas of one database apart.
      run("SELECT pg_advisory_xact_lock(1148153714, hashtext('" + schema_name_ + "'))");
      plan(schema);  // others may have been first
      for (const Step& step : steps_) take(step);
      run("COMMIT");
    } catch (const ServerError&) {
      run("ROLLBACK");
      throw;
    } catch (const sdk::Failure&) {
      run("ROLLBACK");
      throw;
    }
  }

 private:
  struct Step {
    std::string sql;
    std::string fault;  // what it means that a unique value stands there twice; empty: it can't
  };
  void run(const std::string& sql) {
    connection_.queue(sql);
    connection_.finish(limit_);
  }
  Result rows(const std::string& sql) {
    connection_.queue_rows(sql);
    return connection_.finish(limit_);
  }
  void take(const Step& step) {
    try {
      run(step.sql);
    } catch (const ServerError& error) {
      if (!error.is("23505") || step.fault.empty()) throw;
      sdk::invalid(step.fault);
    }
  }

  Known look() {
    Known known;
    const Result there = rows(
        "SELECT count(*) > 0, count(*) FILTER (WHERE c.relname = '_doorward_fields') > 0, count(c.relname) > "
        "0"
        " FROM pg_catalog.pg_namespace n LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid"
        " AND c.relkind IN ('r', 'p', 'v', 'm', 'f') WHERE n.nspname = '" +
        schema_name_ + "'");
    known.schema = number_of(there.get(), 0, 0) != 0;
    known.ours = number_of(there.get(), 0, 1) != 0;
    known.strangers = !known.ours && number_of(there.get(), 0, 2) != 0;
    if (!known.ours) return known;
    const Result fields =
        rows("SELECT \"table\", field, type, required, \"key\" FROM " + schema_ + "._doorward_fields");
    for (int row = 0; row < PQntuples(fields.get()); ++row)
      known.fields[text_of(fields.get(), row, 0)][text_of(fields.get(), row, 1)] = {
          text_of(fields.get(), row, 2), number_of(fields.get(), row, 3) != 0,
          number_of(fields.get(), row, 4) != 0};
    const Result indexes =
        rows("SELECT indexname::text FROM pg_catalog.pg_indexes WHERE schemaname = '" + schema_name_ + "'");
    for (int row = 0; row < PQntuples(indexes.get()); ++row)
      known.indexes.insert(text_of(indexes.get(), row, 0));
    return known;
  }

  void plan(const sdk::Schema& schema) {
    steps_.clear();
    const Known known = look();
    if (known.strangers)
      sdk::invalid("schema: \"" + schema_name_ + "\" holds tables of another program; name an own one");
    if (!known.schema) add("CREATE SCHEMA " + schema_);
    if (!known.ours)
      add("CREATE TABLE " + schema_ +
          "._doorward_fields (\"table\" text COLLATE \"C\" NOT NULL, field text COLLATE \"C\" NOT NULL, type "
          "text NOT NULL, required boolean NOT NULL, \"key\" boolean NOT NULL, PRIMARY KEY (\"table\", "
          "field))");
    for (const auto& table : schema.tables()) {
      check_limits(*table);
      const auto found = known.fields.find(table->name);
      if (found == known.fields.end())
        create(*table);
      else
        extend(*table, found->second);
      for (const sdk::IndexSpec& index : table->indexes)
        if (!known.indexes.contains(index_name(*table, index))) create(*table, index);
    }
  }
  void add(std::string sql, std::string fault = {}) { steps_.push_back({std::move(sql), std::move(fault)}); }
  std::string place(const sdk::TableSpec& table) const { return schema_ + "." + quoted_name(table.name); }

  // Names and types of the schema are [a-z0-9_]: nothing in them needs an escape.
  void remember(const sdk::TableSpec& table, const sdk::FieldSpec& field) {
    const auto flag = [](bool value) { return value ? "true" : "false"; };
    add("INSERT INTO " + schema_ + "._doorward_fields VALUES ('" + table.name + "', '" + field.name + "', '" +
        sdk::type_name(field.type) + "', " + flag(field.required) + ", " +
        flag(&field == &table.fields.front()) +
        ") ON CONFLICT (\"table\", field) DO UPDATE SET required = excluded.required");
  }
  // Required fields are not NOT NULL in the database: an older version of Doorward may still insert without them.
  void create(const sdk::TableSpec& table) {
    std::string columns;
    for (const sdk::FieldSpec& field : table.fields)
      columns += (columns.empty() ? "" : ", ") + quoted_name(field.name) + " " + sql_type(field.type) +
                 (columns.empty() ? " NOT NULL" : "");
    add("CREATE TABLE " + place(table) + " (" + columns + ", CONSTRAINT " +
        quoted_name(bounded(table.name + " key")) + " PRIMARY KEY (" +
        quoted_name(table.fields.front().name) + "))");
    for (const sdk::FieldSpec& field : table.fields) remember(table, field);
  }
  void extend(const sdk::TableSpec& table, const std::map<std::string, Field>& known) {
    for (const sdk::FieldSpec& field : table.fields) {
      const bool key = &field == &table.fields.front();
      const auto found = known.find(field.name);
      if (found != known.end()) {
        change(table, field, found->second, key);
        continue;
      }
      if (key) sdk::invalid(table.name + ": the key can't become another field");
      add("ALTER TABLE " + place(table) + " ADD COLUMN " + quoted_name(field.name) + " " +
          sql_type(field.type) +
          (field.required ? std::string(" DEFAULT ") + sql_zero(field.type) : std::string()));
      remember(table, field);
    }
  }
  void change(const sdk::TableSpec& table, const sdk::FieldSpec& field, const Field& known, bool key) {
    if (known.type != sdk::type_name(field.type))
      sdk::invalid(table.name + "." + field.name + " is a " + known.type + " and can't become a " +
                   sdk::type_name(field.type));
    if (known.key != key) sdk::invalid(table.name + ": the key can't become another field");
    if (field.required == known.required) return;
    const std::string name = quoted_name(field.name);
    if (field.required)
      add("UPDATE " + place(table) + " SET " + name + "=" + sql_zero(field.type) + " WHERE " + name +
              " IS NULL",
          table.name + "." + field.name + " can't become required: a unique index holds it");
    remember(table, field);
  }
  void create(const sdk::TableSpec& table, const sdk::IndexSpec& index) {
    std::string fields;
    for (const std::size_t field : index.fields)
      fields += (fields.empty() ? "" : ",") + table.fields[field].name;
    add(std::string("CREATE ") + (index.unique ? "UNIQUE " : "") + "INDEX " +
            quoted_name(index_name(table, index)) + " ON " + place(table) + " (" +
            index_columns(table, index) + ")",
        table.name + ": a new unique index finds the same value twice in " + fields);
  }

  Connection& connection_;
  const std::string schema_name_, schema_;
  const Limit limit_;
  std::vector<Step> steps_;
};

}  // namespace

void upgrade(Connection& connection, const std::string& schema_name, const sdk::Schema& schema,
             const Limit& limit) {
  Upgrade(connection, schema_name, limit).run(schema);
}

}  // namespace postgresql_store
