// What a store holds from its first start on: the organization that stands for the site, and by what it knows the site's
// key ring.
#pragma once
#include <string>

#include "base/random.hpp"
#include "crypto/key_ring.hpp"
#include "records/database.hpp"
#include "records/installation.hpp"

namespace doorward::engine {

struct Founding {
  const std::string& site_name;
  const std::string& key_ring_path;
  const crypto::KeyRing& keys;
  Random& random;
};

inline constexpr const char* key_check_context = "installation|key_check";  // what it is sealed for

// Whether these keys are the ones that the installation's secrets were sealed with.
bool belongs(const crypto::KeyRing& keys, const records::Installation& installation);

// [before a key ring is made] Throws BadSettings where the store has been founded, and so has a key ring already: a new one
// would open nothing of it. Throws ReadOnly where the store is half a copy, Unavailable where it can't be asked.
void must_be_new(records::Database& database, const std::string& key_ring_path);

// [each start] Throws BadSettings where the key ring isn't the one that this store's secrets were sealed with: a restored
// or a second host's own, with which no password would open and no link be good. Throws ReadOnly where the store is half a
// copy: it would take everybody whose row hasn't come yet for a stranger.
void found(records::Database& database, const Founding& founding, Time now);

}  // namespace doorward::engine
