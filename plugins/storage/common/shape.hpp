// The shape of a call: what its SQL depends on (table, fields, tests, order), and its values don't. A shape is a short string of
// bytes; connections keep one prepared statement for each. Making it checks the call against the table.
#pragma once
#include <doorward/sdk/schema.hpp>

#include <string>
#include <vector>

namespace storage_common {

namespace sdk = doorward::sdk;

std::string quoted_name(std::string_view name);    // for names of the schema: [a-z0-9_ ]
std::string columns(const sdk::TableSpec& table);  // quoted, all of them, in order, with commas

// Appends the shape of matches and checks them against the table. Throws Failure(invalid).
void append_shape(std::string& shape, const sdk::TableSpec& table, std::span<const sdk::Match> matches);
// The same; to be appended to the two bytes of operation and table, before the matches.
void append_shape(std::string& shape, const sdk::TableSpec& table, std::span<const sdk::Change> changes);
void append_shape(std::string& shape, const sdk::TableSpec& table, const sdk::Page* page);

// The row of an insert: one cell for each field, in order. Throws Failure(invalid) where one is missing or given twice.
void arrange(const sdk::TableSpec& table, std::span<const sdk::Cell> cells, std::vector<sdk::Cell>& row);

// The least text that is above everything that starts with `prefix`; empty: there is none.
std::string above_prefix(std::string_view prefix);

}  // namespace storage_common
