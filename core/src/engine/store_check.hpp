// Looks through a whole store, piece by piece, while the site runs: every row against what its table declares and against
// the invariants of its noun. A row and what it refers to are read in one transaction, so that what changes meanwhile is no
// fault.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "crypto/key_ring.hpp"
#include "records/database.hpp"

namespace doorward::engine {

struct StoreFault {
  std::string table, id, what;  // "session", "0190...", "belongs to an account that doesn't exist"
};

struct StoreChecked {
  struct Count {
    std::string table;
    std::uint64_t rows = 0;
  };
  std::vector<Count> tables;
  std::vector<StoreFault> faults;
};

StoreChecked check_store(records::Database& database, const crypto::KeyRing& keys,
                         Time now);  // throws Unavailable

}  // namespace doorward::engine
