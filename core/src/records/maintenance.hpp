// Whether a store takes writes. One row, there from a store's first copy on. Every write transaction reads it before its work
// (records/database). Stores are serializable, so from the commit that closes one, no process on any host writes into it: a
// transaction that was under way then comes before the closing as a whole, or not at all.
#pragma once
#include <optional>
#include <string>

#include "records/database.hpp"

namespace doorward::records {

struct Maintenance {
  enum class State {
    leaving,   // its rows are being copied into another store
    left,      // they were, and that store is the site's by now
    arriving,  // rows of another store are being copied into it: half an installation
    arrived,   // all of them are here: it takes writes
  };

  State state = State::leaving;
  std::string copy;  // UUID that both stores of a copy have; empty: it isn't begun yet
  Time since;

  static const Table table;
  static Maintenance read(std::span<const Value> row);  // throws std::runtime_error for an unknown state
  bool takes_writes() const { return state == State::arrived; }
  std::string sentence() const;  // "the store is read-only: it is being copied into another one"
};

class Maintenances {
 public:
  explicit Maintenances(Transaction& tx) : tx_(tx) {}
  std::optional<Maintenance> get();
  void set(const Maintenance& maintenance);
  void remove();
  void must_take_writes();  // throws ReadOnly

 private:
  Transaction& tx_;
};

}  // namespace doorward::records
