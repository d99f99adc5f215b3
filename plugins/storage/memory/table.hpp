// One table: its rows by key, its indexes, and the changes that a transaction takes back when it fails.
#pragma once
#include <doorward/sdk/schema.hpp>

#include <map>
#include <set>
#include <variant>

#include "values.hpp"

namespace memory_store {

class Table {  // under the store's gate
 public:
  // Makes an empty table, or brings this one up to the schema: fields that are no longer declared keep their values.
  // Throws Failure(invalid) where a field's type changed or a new unique index finds duplicates; then nothing changed.
  void prepare(std::shared_ptr<const doorward::sdk::TableSpec> spec);
  const doorward::sdk::TableSpec& spec() const { return *spec_; }

  // Rows as the schema sees them. Pointers hold until the next change.
  std::vector<const Row*> select(std::span<const doorward::sdk::Match> matches) const;
  void sort(std::vector<const Row*>& rows, const doorward::sdk::Page* page) const;
  void hand_out(const Row& row, const doorward::sdk::Rows& rows) const;

  bool insert(Row row);                   // false: the key or a unique index is taken
  bool replace(const Row& old, Row row);  // false: a unique index is taken. `old` lies in this table
  void erase(const Row& row);

  Row make_row(std::span<const doorward::sdk::Cell> cells) const;
  Row changed_row(const Row& row, std::span<const doorward::sdk::Change> changes) const;
  std::size_t column(std::size_t field) const { return columns_of_fields_[field]; }

 private:
  struct Less {
    bool operator()(const Value& a, const Value& b) const { return compare(a, b) < 0; }
    bool operator()(const std::vector<Value>& a, const std::vector<Value>& b) const {
      return compare(a, b) < 0;
    }
  };
  struct Column {  // as stored: a column stays when the schema no longer names it
    std::string name;
    doorward_type type;
  };
  struct Index {
    std::vector<std::size_t> columns;
    bool unique;
    std::map<std::vector<Value>, Value, Less> entries;  // the indexed values, then the key; to the key
  };
  std::vector<Value> entry(const Index& index, const Row& row) const;
  bool is_taken(const Index& index, const Row& row) const;
  std::vector<const Row*> candidates(std::span<const doorward::sdk::Match> matches) const;

  std::shared_ptr<const doorward::sdk::TableSpec> spec_;
  std::vector<Column> columns_;
  std::vector<std::size_t> columns_of_fields_;
  std::map<Value, Row, Less> rows_;
  std::vector<Index> indexes_;
};

}  // namespace memory_store
