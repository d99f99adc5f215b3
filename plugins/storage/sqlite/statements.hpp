// The SQL of each call. A statement depends on the call's shape only (table, fields, tests, order), never on values,
// which are bound. A shape is a short string of bytes; connections keep one prepared statement for each.
#pragma once
#include <doorward/sdk/schema.hpp>

#include <string>

namespace sqlite_store {

namespace sdk = doorward::sdk;

std::string quoted_name(std::string_view name);

// Appends the shape of matches and checks them against the table. Throws Failure(invalid).
void append_shape(std::string& shape, const sdk::TableSpec& table, std::span<const sdk::Match> matches);
void append_shape(std::string& shape, const sdk::TableSpec& table, std::span<const sdk::Change> changes);
void append_shape(std::string& shape, const sdk::TableSpec& table, const sdk::Page* page);

std::string insert_sql(const sdk::TableSpec& table);  // binds every field, in order
// Binds matches, then limit and offset where there is a page.
std::string find_sql(const sdk::TableSpec& table, std::span<const sdk::Match> matches, const sdk::Page* page);
// Binds changes, then matches.
std::string update_sql(const sdk::TableSpec& table, std::span<const sdk::Match> matches,
                       std::span<const sdk::Change> changes);
std::string remove_sql(const sdk::TableSpec& table, std::span<const sdk::Match> matches, bool taken);

// The least text that is above everything that starts with `prefix`; empty: there is none.
std::string above_prefix(std::string_view prefix);

}  // namespace sqlite_store
