// The keys that assertions are signed with. Nobody stores or sends them about: a key is derived from the site's key ring and
// the number of its period, so every worker of every host that shares the ring has the same one at the same time, and a new one
// when the next period begins, or one after the ring got a new first key.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

#include "base/clock.hpp"
#include "crypto/key_ring.hpp"
#include "crypto/signing_key.hpp"

namespace doorward::engine {

// For how long one key signs. Verifiers get to see it a whole period before, and another one after.
inline constexpr std::chrono::seconds assertion_key_period{7 * 24 * 3600};

std::int64_t assertion_period(Time now);  // the number of the period that `now` is in

// The key of the ring that signs: the first that verifiers have had a period's time to see, or its oldest where none is.
std::string assertion_signer(const crypto::KeyRing& ring, Time now);

// Throws std::runtime_error where the ring has no such key. About 100 us.
crypto::SigningKey assertion_key(const crypto::KeyRing& ring, const std::string& ring_key,
                                 std::int64_t period);

// The public keys that a verifier may meet, as a JWK set (RFC 7517 5): of each key of the ring that of the period before, this
// one and the next. A new key of the ring is so known for a period before it signs, wherever in the ring it stands.
std::string assertion_jwks(const crypto::KeyRing& ring, Time now);

}  // namespace doorward::engine
