// The SQL of each call. A statement depends on the call's shape only (common/shape.hpp), never on values, which are bound.
#pragma once
#include "common/shape.hpp"

namespace sqlite_store {

namespace sdk = doorward::sdk;

std::string insert_sql(const sdk::TableSpec& table);  // binds every field, in order
// Binds matches, then limit and offset where there is a page.
std::string find_sql(const sdk::TableSpec& table, std::span<const sdk::Match> matches, const sdk::Page* page);
// Binds changes, then matches.
std::string update_sql(const sdk::TableSpec& table, std::span<const sdk::Match> matches,
                       std::span<const sdk::Change> changes);
std::string remove_sql(const sdk::TableSpec& table, std::span<const sdk::Match> matches, bool taken);

}  // namespace sqlite_store
