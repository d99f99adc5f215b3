// The SQL of each call. A statement depends on the call's shape only (common/shape.hpp), never on values, which are bound.
//
// An entry of PostgreSQL's indexes holds 2,704 bytes at most, and a text may be of any length. So indexes hold the first 400
// bytes of a text, a question asks for these and for the whole, and a unique index has a digest of longer ones beside it.
#pragma once
#include <string>

#include "common/shape.hpp"
#include "parameters.hpp"

namespace postgresql_store {

class Statements {  // of one schema of the database
 public:
  explicit Statements(const std::string& schema) : schema_(storage_common::quoted_name(schema)) {}

  std::string table(const sdk::TableSpec& table) const;   // "doorward"."accounts"
  std::string insert(const sdk::TableSpec& table) const;  // binds every field, in order
  // Binds matches, then limit and offset where there is a page.
  std::string find(const sdk::TableSpec& table, std::span<const sdk::Match> matches,
                   const sdk::Page* page) const;
  // Binds changes, then matches.
  std::string update(const sdk::TableSpec& table, std::span<const sdk::Match> matches,
                     std::span<const sdk::Change> changes) const;
  std::string remove(const sdk::TableSpec& table, std::span<const sdk::Match> matches, bool taken) const;

  // How many rows hold the key or a unique value of a row to insert. Binds as insert().
  std::string in_the_way(const sdk::TableSpec& table) const;
  // How many rows hold the key or a unique value that the changes set, and how many rows (0, 1, 2: more) match. Binds as update().
  std::string holders(const sdk::TableSpec& table, std::span<const sdk::Match> matches,
                      std::span<const sdk::Change> changes) const;

 private:
  // `places`, by field: the parameter of its value, 0 where there is none.
  std::string count_of_holders(const sdk::TableSpec& table, const std::vector<std::size_t>& places) const;

  std::string schema_;
};

// What matches bind, in the order of their conditions.
void bind(const sdk::TableSpec& table, std::span<const sdk::Match> matches, Parameters& parameters);

bool is_unique(const sdk::TableSpec& table,
               std::span<const sdk::Change> changes);  // a unique index may be touched
std::string index_columns(const sdk::TableSpec& table, const sdk::IndexSpec& index);  // of CREATE INDEX

constexpr std::size_t most_texts_in_an_index = 6;  // 400 bytes and a digest each
constexpr std::size_t longest_key = 2000;          // bytes; keys are indexed whole

}  // namespace postgresql_store
