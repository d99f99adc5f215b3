// What a store holds from its first start on: the organization that stands for the site, and by what it knows the site's
// key ring.
#pragma once
#include <string>

#include "base/random.hpp"
#include "crypto/key_ring.hpp"
#include "records/database.hpp"

namespace doorward::engine {

struct Founding {
  const std::string& site_name;
  const std::string& key_ring_path;
  const crypto::KeyRing& keys;
  Random& random;
};

// [each start] Throws BadSettings where the key ring isn't the one that this store's secrets were sealed with: a restored
// or a second host's own, with which no password would open and no link be good.
void found(records::Transaction& tx, const Founding& founding, Time now);

}  // namespace doorward::engine
