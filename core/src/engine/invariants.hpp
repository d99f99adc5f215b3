// What has to be true of the rows of a store, by noun: what flows, the gate and the outbox rely on and no index of a store
// holds. A fault says what is wrong without a value that somebody could use: no address, no digest, nothing sealed.
#pragma once
#include <functional>
#include <span>
#include <string>

#include "crypto/key_ring.hpp"
#include "records/database.hpp"

namespace doorward::engine {

// A row that is looked at, in the transaction that has read it.
struct CheckedRow {
  records::Transaction& tx;
  const crypto::KeyRing& keys;
  Time now;
  std::span<const records::Value> values;
  const std::function<void(const std::string& what)>& fault;

  void expect(bool truth, const char* otherwise) const {
    if (!truth) fault(otherwise);
  }
};

struct Invariants {
  const records::Table& table;
  void (*check)(const CheckedRow& row);  // throws std::runtime_error where a row can't be read at all
  const char* must_have = nullptr;       // the key of a row that is always there
};

std::span<const Invariants> all_invariants();  // of every table of records/schema

}  // namespace doorward::engine
