// Rows of any table as they stand in the store, piece by piece in the order of their keys: what copies a store, compares two
// and looks through one. A piece is read in one transaction, so that no table has to fit into memory or into a deadline.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "records/database.hpp"

namespace doorward::records {

inline constexpr std::uint32_t rows_in_a_piece = 500;

// A row that outlives its transaction.
class KeptRow {
 public:
  explicit KeptRow(std::span<const Value> row);
  KeptRow(KeptRow&&) = default;
  KeptRow& operator=(KeptRow&&) = default;

  std::span<const Value> values() const { return values_; }  // in the order of the table's fields
  const Value& key() const { return values_.front(); }

 private:
  std::vector<Value> values_;
  std::vector<char> texts_;  // theirs; stays where it is when the row is moved
};

// Those after `after`, or from the first one where it is null.
std::vector<KeptRow> next_rows(Transaction& tx, const Table& table, const Value* after,
                               std::uint32_t limit = rows_in_a_piece);
std::optional<KeptRow> last_row(Transaction& tx, const Table& table);
bool insert_row(Transaction& tx, const Table& table, const KeptRow& row);  // false: a unique value is taken
// Those that match, at most `limit`, the first ones by `order_by`; how many. A store's own remove knows no bound, and takes as
// long as there are rows.
std::int64_t remove_some(Transaction& tx, const Table& table, std::span<const Match> matches,
                         const char* order_by, std::uint32_t limit = rows_in_a_piece);
void remove_rows_up_to(Transaction& tx, const Table& table, const Value& key);  // this one, too

// How many rows, and a digest of them all in their order: equal where every value of every row is.
class Contents {
 public:
  void add(std::span<const Value> row);
  std::uint64_t rows() const { return rows_; }
  bool operator==(const Contents&) const = default;

 private:
  std::uint64_t rows_ = 0;
  std::string digest_;
};

}  // namespace doorward::records
