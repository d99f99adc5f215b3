// Everything in the store that needs a key of the key ring, as one table: which key each value was sealed with, and how they
// are sealed anew when the ring has a new first key. It runs beside the site, in pieces; cut off, it is begun again.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "crypto/key_ring.hpp"
#include "records/database.hpp"

namespace doorward::engine {

struct SealedColumn {
  const records::Table& table;
  const char* field;
  // What the value of a row is sealed for. Null: it isn't sealed anew, since its row has an end of its own.
  std::string (*context)(std::span<const records::Value> row) = nullptr;
  const char* ends_at = nullptr;  // the field that says when; what is over needs no key
  // A field that names the key which the row was derived with, instead of a sealed one: all of it, or up to a blank.
  bool names_key = false;

  std::string name() const { return std::string(table.name) + "." + field; }
};

// Every one there is: a test looks for sealed values in fields that aren't here.
std::span<const SealedColumn> sealed_columns();

using KeyUse = std::map<std::string, std::uint64_t>;  // how many values, by SealedColumn::name()

// By the key's id: what is there for each key of the ring, and for each that values name though the ring has it no more. Reads
// every row. Throws Unavailable.
std::map<std::string, KeyUse> key_uses(records::Database& database, const crypto::KeyRing& keys, Time now);

struct Resealed {
  std::uint64_t values = 0;
  std::vector<std::string> unreadable;  // "account 0190b3c2-…": stays as it is
};

// Seals anew, with the ring's first key, what was sealed with another. What somebody changes meanwhile is theirs. `tell` hears
// now and then how many were done. Throws Unavailable, ReadOnly.
Resealed reseal(records::Database& database, const crypto::KeyRing& keys, Random& random,
                const std::function<void(std::uint64_t)>& tell = {});

}  // namespace doorward::engine
