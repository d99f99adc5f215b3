// Brings the tables of the database up to a schema. What each field was declared as stands in the table _doorward_fields, since
// PostgreSQL's own types don't tell a time from a number, nor a text from bytes.
#pragma once
#include <doorward/sdk/schema.hpp>

#include "connection.hpp"

namespace postgresql_store {

// Takes locks only where something is missing, and then one that all workers of all hosts share. Throws ServerError, Lost, Late,
// or Failure(invalid) where a field's type or the key changed, or the schema belongs to another program.
void upgrade(Connection& connection, const std::string& schema_name, const sdk::Schema& schema,
             const Limit& limit);

}  // namespace postgresql_store
