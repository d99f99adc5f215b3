// The functions of storage/1 as the suites call them: statuses as values, rows as values that own their text.
#pragma once
#include <doorward/storage.h>

#include <compare>
#include <optional>
#include <string>
#include <vector>

#include "kit.hpp"

namespace kit {

struct Value {
  doorward_type type = DOORWARD_NULL;
  std::int64_t number = 0;
  std::string text;
  auto operator<=>(const Value&) const = default;
};
inline Value null() { return {}; }
inline Value text(std::string value) { return {DOORWARD_TEXT, 0, std::move(value)}; }
inline Value bytes(std::string value) { return {DOORWARD_BYTES, 0, std::move(value)}; }
inline Value number(std::int64_t value) { return {DOORWARD_NUMBER, value, {}}; }
inline Value time(std::int64_t value) { return {DOORWARD_TIME, value, {}}; }
inline Value flag(bool value) { return {DOORWARD_FLAG, value ? 1 : 0, {}}; }
std::string to_string(const Value& value);

using Row = std::vector<Value>;  // in the table's field order
using Rows = std::vector<Row>;
std::string to_string(const Row& row);
void expect_rows(Rows found, Rows wanted, const std::string& of,
                 std::source_location where = std::source_location::current());  // in any order
void expect_rows_in_order(const Rows& found, const Rows& wanted, const std::string& of,
                          std::source_location where = std::source_location::current());

struct Cell {
  std::string field;
  Value value;
};
struct Match {
  std::string field;
  doorward_test test;
  Value value;
};
inline Match is(std::string field, Value value) { return {std::move(field), DOORWARD_IS, std::move(value)}; }
struct Change {
  std::string field;
  Value value;
  bool add = false;
};
struct Page {
  std::optional<std::string> order_by;
  bool descending = false;
  std::uint32_t limit = 0, offset = 0;
};

struct Field {
  std::string name;
  doorward_type type;
  bool required = true;
};
struct Index {
  std::string fields;
  bool unique = false;
};
struct Table {
  std::string name;
  std::vector<Field> fields;
  std::vector<Index> indexes;
};

// A transaction; rolled back where it wasn't ended. Each call gives the plugin's own answer.
class Tx {
 public:
  Tx(const doorward_storage& calls, void* tx) : calls_(&calls), tx_(tx) {}
  Tx(Tx&& other) noexcept : calls_(other.calls_), tx_(std::exchange(other.tx_, nullptr)) {}
  Tx& operator=(Tx&&) = delete;
  ~Tx() { rollback(); }

  doorward_status insert(const Table& table, const Row& row);  // all fields, in order
  doorward_status insert_cells(const std::string& table, const std::vector<Cell>& cells);
  doorward_status find(const Table& table, const std::vector<Match>& matches, const Page* page, Rows& rows);
  doorward_status update(const Table& table, const std::vector<Match>& matches,
                         const std::vector<Change>& changes, std::int64_t& changed);
  doorward_status remove(const Table& table, const std::vector<Match>& matches, Rows* taken,
                         std::int64_t& removed);
  doorward_status announce(const std::string& message);
  doorward_status commit();
  void rollback();

  // The same, and anything but OK fails the case.
  void must_insert(const Table& table, const Row& row,
                   std::source_location where = std::source_location::current());
  Rows must_find(const Table& table, const std::vector<Match>& matches = {}, const Page* page = nullptr,
                 std::source_location where = std::source_location::current());
  std::int64_t must_update(const Table& table, const std::vector<Match>& matches,
                           const std::vector<Change>& changes,
                           std::source_location where = std::source_location::current());
  std::int64_t must_remove(const Table& table, const std::vector<Match>& matches, Rows* taken = nullptr,
                           std::source_location where = std::source_location::current());
  void must_commit(std::source_location where = std::source_location::current());

  void* raw() { return tx_; }

 private:
  const doorward_storage* calls_;
  void* tx_;
};

// The plugin, created and started.
class Store {
 public:
  explicit Store(Subject& subject);                                       // creates and starts
  explicit Store(std::unique_ptr<doorward::plugin_host::Plugin> plugin);  // as it is
  ~Store();

  doorward_status prepare(const std::vector<Table>& tables, std::string* why = nullptr);
  void must_prepare(const std::vector<Table>& tables,
                    std::source_location where = std::source_location::current());
  doorward_status try_begin(doorward_mode mode, std::uint32_t timeout_ms, std::optional<Tx>& tx);
  Tx read(std::source_location where = std::source_location::current());
  Tx write(std::source_location where = std::source_location::current());

  // Runs `work` in transactions until it isn't BUSY: `work` gives the status of the last call that it made, and what
  // isn't OK is rolled back. Other answers than OK and BUSY are given on.
  doorward_status retry(doorward_mode mode, const std::function<doorward_status(Tx&)>& work);
  void must_retry(doorward_mode mode, const std::function<doorward_status(Tx&)>& work,
                  std::source_location where = std::source_location::current());

  Rows all(const Table& table);                                // as a new transaction sees it
  void add(const Table& table, const std::vector<Row>& rows);  // in one transaction
  doorward::plugin_host::Plugin& plugin() { return *plugin_; }
  const doorward_storage& calls() const { return calls_; }
  void* self() const { return plugin_->self(); }

 private:
  std::unique_ptr<doorward::plugin_host::Plugin> plugin_;
  doorward_storage calls_;
};

// id TEXT, email TEXT unique and optional, organization TEXT optional, visits NUMBER; an index on organization.
Table accounts(Subject& subject);
Row account(const std::string& id, std::int64_t visits = 0);

}  // namespace kit
