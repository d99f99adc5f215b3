// Brings the tables of a file up to a schema. What each field was declared as stands in the table _doorward_fields,
// since SQLite's own types don't tell a time from a number.
#pragma once
#include "connection.hpp"

namespace sqlite_store {

// Takes SQLite's write lock only where something is missing. Several processes may do it at once. Throws SqliteError,
// or Failure(invalid) where a field's type or the key changed, or the file belongs to another program.
void upgrade(Connection& connection, const sdk::Schema& schema);

}  // namespace sqlite_store
