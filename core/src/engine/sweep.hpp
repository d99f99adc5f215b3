// What has ended by itself and is of no use any more: sessions, links, trusted browsers. Every worker of every host sweeps; who
// comes second finds it done.
#pragma once
#include <functional>

#include "base/log.hpp"
#include "crypto/key_ring.hpp"
#include "records/database.hpp"

namespace doorward::engine {

// Removes what ended before `now`, a bounded number of rows in a transaction: however many there are, nobody has to wait for
// them, and no deadline ends it before it has done anything. `go_on` is asked between two and may wait, false ends it. A kind
// that can't be removed is told to the log and keeps no other from going. Throws ReadOnly.
void sweep(records::Database& database, const crypto::KeyRing& keys, Log& log, Time now,
           const std::function<bool()>& go_on);

}  // namespace doorward::engine
