#include "upgrade.hpp"

#include <map>

#include "statements.hpp"

namespace sqlite_store {

namespace {

using storage_common::quoted_name;

constexpr std::int64_t application_id = 0x446f6f72;  // "Door"

struct Known {  // a field as the file has it
  std::string type;
  bool required, key;
};
using KnownFields = std::map<std::string, std::map<std::string, Known>>;  // by table and field

std::string column_text(Statement& statement, int column) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement.raw(), column));
  return text == nullptr ? std::string() : text;
}

const char* sql_type(doorward_type type) {
  return type == DOORWARD_TEXT ? "TEXT" : type == DOORWARD_BYTES ? "BLOB" : "INTEGER";
}
const char* sql_zero(doorward_type type) {
  return type == DOORWARD_TEXT ? "''" : type == DOORWARD_BYTES ? "x''" : "0";
}

std::string index_name(const sdk::TableSpec& table, const sdk::IndexSpec& index) {
  std::string name = table.name + (index.unique ? " unique" : " index");
  for (const std::size_t field : index.fields) name += " " + table.fields[field].name;
  return name;
}

class Upgrade {
 public:
  Upgrade(Connection& connection, bool dry) : connection_(connection), dry_(dry) {}

  // True: the file is up to the schema. False: it isn't, and nothing was changed, since this is a dry run.
  bool run(const sdk::Schema& schema) {
    check_owner();
    make(
        "CREATE TABLE IF NOT EXISTS _doorward_fields (\"table\" TEXT NOT NULL, field TEXT NOT NULL, type "
        "TEXT NOT NULL,"
        " required INTEGER NOT NULL, \"key\" INTEGER NOT NULL, PRIMARY KEY (\"table\", field)) STRICT, "
        "WITHOUT ROWID",
        !exists("table", "_doorward_fields"));
    if (missing_) return false;
    const KnownFields known = known_fields();
    for (const auto& table : schema.tables()) {
      const auto found = known.find(table->name);
      if (found == known.end())
        create(*table);
      else
        extend(*table, found->second);
      for (const sdk::IndexSpec& index : table->indexes) create(*table, index);
    }
    return !missing_;
  }

 private:
  void make(const std::string& sql, bool needed = true) {
    if (!needed) return;
    missing_ = true;
    if (dry_) return;
    connection_.run(sql);
    missing_ = false;
  }
  bool exists(const char* type, std::string_view name) {
    Statement statement(connection_.raw(), "SELECT 1 FROM sqlite_schema WHERE type=? AND name=?");
    statement.bind_text(1, type, false);
    statement.bind_text(2, name, false);
    return statement.step();
  }
  void check_owner() {
    const std::int64_t owner = connection_.number("PRAGMA application_id");
    if (owner == application_id) return;
    if (owner != 0 || connection_.number("SELECT count(*) FROM sqlite_schema") != 0)
      sdk::invalid("path: the file is a database of another program");
    make("PRAGMA application_id=" + std::to_string(application_id));
  }
  KnownFields known_fields() {
    KnownFields known;
    Statement statement(connection_.raw(),
                        "SELECT \"table\", field, type, required, \"key\" FROM _doorward_fields");
    while (statement.step())
      known[column_text(statement, 0)][column_text(statement, 1)] = {
          column_text(statement, 2), sqlite3_column_int64(statement.raw(), 3) != 0,
          sqlite3_column_int64(statement.raw(), 4) != 0};
    return known;
  }
  void remember(const sdk::TableSpec& table, const sdk::FieldSpec& field) {
    if (dry_) return;
    Statement statement(connection_.raw(), "INSERT OR REPLACE INTO _doorward_fields VALUES (?,?,?,?,?)");
    statement.bind_text(1, table.name, false);
    statement.bind_text(2, field.name, false);
    statement.bind_text(3, sdk::type_name(field.type), false);
    statement.bind(4, std::int64_t{field.required});
    statement.bind(5, std::int64_t{&field == &table.fields.front()});
    statement.step();
  }
  // A number as the key is the row's own number; any other key is what the table is sorted by. Required fields are not
  // NOT NULL in the file, since the schema may take that back later and SQLite can't.
  void create(const sdk::TableSpec& table) {
    std::string columns;
    for (const sdk::FieldSpec& field : table.fields) {
      columns += (columns.empty() ? "" : ", ") + quoted_name(field.name) + " " + sql_type(field.type);
      if (&field == &table.fields.front()) columns += " PRIMARY KEY NOT NULL";
      remember(table, field);
    }
    const bool by_number = sdk::is_integer(table.fields.front().type);
    make("CREATE TABLE " + quoted_name(table.name) + " (" + columns + ") STRICT" +
         (by_number ? "" : ", WITHOUT ROWID"));
  }
  void extend(const sdk::TableSpec& table, const std::map<std::string, Known>& known) {
    for (const sdk::FieldSpec& field : table.fields) {
      const bool key = &field == &table.fields.front();
      const auto found = known.find(field.name);
      if (found == known.end()) {
        if (key) sdk::invalid(table.name + ": the key can't become another field");
        const std::string fallback =
            field.required ? std::string(" DEFAULT ") + sql_zero(field.type) : std::string();
        make("ALTER TABLE " + quoted_name(table.name) + " ADD COLUMN " + quoted_name(field.name) + " " +
             sql_type(field.type) + fallback);
      } else {
        change(table, field, found->second, key);
      }
      if (found == known.end() || found->second.required != field.required) remember(table, field);
    }
  }
  void change(const sdk::TableSpec& table, const sdk::FieldSpec& field, const Known& known, bool key) {
    if (known.type != sdk::type_name(field.type))
      sdk::invalid(table.name + "." + field.name + " is a " + known.type + " and can't become a " +
                   sdk::type_name(field.type));
    if (known.key != key) sdk::invalid(table.name + ": the key can't become another field");
    const std::string name = quoted_name(field.name);
    make("UPDATE " + quoted_name(table.name) + " SET " + name + "=" + sql_zero(field.type) + " WHERE " +
             name + " IS NULL",
         field.required && !known.required);
    if (!field.required && known.required && dry_) missing_ = true;  // to be remembered
  }
  void create(const sdk::TableSpec& table, const sdk::IndexSpec& index) {
    const std::string name = index_name(table, index);
    if (exists("index", name)) return;
    std::string fields;
    for (const std::size_t field : index.fields)
      fields += (fields.empty() ? "" : ",") + quoted_name(table.fields[field].name);
    try {
      make(std::string("CREATE ") + (index.unique ? "UNIQUE " : "") + "INDEX " + quoted_name(name) + " ON " +
           quoted_name(table.name) + " (" + fields + ")");
    } catch (const SqliteError& error) {
      if (error.primary() != SQLITE_CONSTRAINT) throw;
      sdk::invalid(table.name + ": a new unique index finds the same value twice in " + fields);
    }
  }

  Connection& connection_;
  const bool dry_;
  bool missing_ = false;
};

// What it throws undoes what was done.
bool run_within(const char* begin, Connection& connection, const sdk::Schema& schema, bool dry) {
  connection.run(begin);
  try {
    const bool done = Upgrade(connection, dry).run(schema);
    connection.run("COMMIT");
    return done;
  } catch (...) {
    if (connection.in_transaction()) connection.run("ROLLBACK");
    throw;
  }
}

}  // namespace

// It is looked at in one view, too: of a file that another process makes meanwhile, one could else see the tables and not yet whose
// they are.
void upgrade(Connection& connection, const sdk::Schema& schema) {
  if (run_within("BEGIN", connection, schema, true)) return;
  run_within("BEGIN IMMEDIATE", connection, schema, false);
}

}  // namespace sqlite_store
