// A store of small records, as the core wants one. plugin_host implements it over the C border
// (doorward/storage.h, whose words hold here too); tests may give a store of their own.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace doorward::records {

enum class Type { null, text, bytes, number, time, flag };

// One value, borrowed: text lives as long as what it was made from.
struct Value {
  Type type = Type::null;
  std::int64_t number = 0;
  std::string_view text;

  static Value of_text(std::string_view value) { return {Type::text, 0, value}; }
  static Value of_bytes(std::string_view value) { return {Type::bytes, 0, value}; }
  static Value of_number(std::int64_t value) { return {Type::number, value, {}}; }
  static Value of_time(Time value) { return {Type::time, to_microseconds(value), {}}; }
  static Value of_flag(bool value) { return {Type::flag, value ? 1 : 0, {}}; }

  bool is_null() const { return type == Type::null; }
  Time time() const { return from_microseconds(number); }
  bool flag() const { return number != 0; }
};

enum class Test { is, is_not, below, above, starts_with };

struct Cell {
  const char* field;
  Value value;
};
struct Match {
  const char* field;
  Test test;
  Value value;
};
struct Change {
  const char* field;
  Value value;
  bool add = false;  // field = field + value.number, in one step
};
struct Page {
  const char* order_by = nullptr;  // null: by key
  bool descending = false;
  std::uint32_t limit = 0;  // 0: no limit
  std::uint32_t offset = 0;
};

struct Field {
  const char* name;
  Type type;
  bool required = true;
};
struct Index {
  const char* fields;  // "organization,account"
  bool unique = false;
};
struct Table {  // the first field is the key
  const char* name;
  std::span<const Field> fields;
  std::span<const Index> indexes;
};

// Called for each row, with the values of all of the table's fields in their order, valid until it returns. May throw;
// the exception comes out of the find or remove that called.
using RowVisitor = std::function<void(std::span<const Value>)>;

// Nothing was done: roll back and run the whole transaction again.
struct Busy : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// On one thread, from begin to end. Destroyed without commit, it rolls back.
// Every call may throw Busy, Unavailable (errors.hpp) or, for a defect, std::logic_error.
class StoreTransaction {
 public:
  virtual ~StoreTransaction() = default;
  virtual bool insert(const char* table, std::span<const Cell> cells) = 0;  // false: a unique value is taken
  virtual void find(const char* table, std::span<const Match> matches, const Page* page,
                    const RowVisitor& row) = 0;
  virtual std::int64_t update(const char* table, std::span<const Match> matches,
                              std::span<const Change> changes) = 0;  // rows changed
  virtual std::int64_t remove(const char* table, std::span<const Match> matches,
                              const RowVisitor* taken) = 0;  // rows removed; taken may be null
  // When this commits, every Listener of the store hears `message` (1 to 200 bytes of UTF-8 without NUL), on every host;
  // when it rolls back, nobody does. Only where Store::has_feed().
  virtual void announce(std::string_view) { throw std::logic_error("this store has no change feed"); }
  virtual void commit() = 0;  // durable once it returns; ends the transaction, whatever happens
};

enum class Mode { read, write };

// Hears what is announced on any host that shares the store. Called from one thread of the store's, one call at a time, and
// not after the store has stopped. A call must not block and must not call into the store.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual void
  restarted() noexcept = 0;  // what was announced before may have been missed; also the first call
  virtual void heard(std::string_view message) noexcept = 0;  // announced somewhere, here too, and committed
  virtual void asking() noexcept = 0;                         // the store is asked whether all was heard ...
  virtual void caught_up() noexcept = 0;  // ... and what was acknowledged before the last asking() has been
};

class Store {  // any thread
 public:
  virtual ~Store() = default;
  virtual void prepare(std::span<const Table> tables) = 0;  // throws BadSettings, Unavailable
  virtual std::unique_ptr<StoreTransaction> begin(Mode mode, std::chrono::milliseconds timeout) = 0;
  virtual bool quick() const = 0;  // a find by key or index takes microseconds: event loops may call it
  virtual bool has_feed() const { return false; }  // several hosts share it, and hear of each other's changes
  // [each worker, after prepare, once] Listens until the store stops, however often it has to connect again. `listener`
  // stays until then. Only where has_feed().
  virtual void listen(Listener&) { throw std::logic_error("this store has no change feed"); }
};

}  // namespace doorward::records
