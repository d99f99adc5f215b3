// Signed statements of who is asking, for what stands behind the web server: JWTs (RFC 7519) that an application verifies by
// the keys at <mount>/jwks.json, so that it needn't believe whoever reaches its port. One is made when it is first asked for and given
// again for half of its life, to the same session as long as there is nothing else to say of it.
#pragma once
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/clock.hpp"
#include "crypto/key_ring.hpp"
#include "crypto/signing_key.hpp"
#include "engine/session_cache.hpp"
#include "settings/settings.hpp"

namespace doorward::engine {

class Assertions {  // any thread, never blocks
 public:
  Assertions(const settings::Settings& settings, const crypto::KeyRing& ring);

  // Of somebody who was just found to be let pass. Throws std::runtime_error where it can't be signed.
  std::string of(const Identity& identity, Time now);

  // How many are kept; never more than twice as many as one generation may have.
  std::size_t kept() const;
  static constexpr std::size_t generation_size = 2048;

 private:
  struct Made {
    std::string text;
    Time from, until;  // within these it is given again
  };
  using Generation = std::unordered_map<std::string, Made>;  // by what the identity says

  std::string made_before(const std::string& said, Time now) const;  // empty: there is none to be given again
  std::string make(const Identity& identity, Time now);
  std::shared_ptr<const crypto::SigningKey> key(Time now);
  void keep(const std::string& said, Made made);

  const crypto::KeyRing& ring_;
  const std::string issuer_, audience_;
  const std::chrono::seconds lifetime_;
  mutable std::mutex mutex_;  // of all below
  std::int64_t period_ = 0;
  std::string signer_;
  std::shared_ptr<const crypto::SigningKey> key_;  // of period_ and signer_; null: none was needed yet
  // What is too old goes with its whole generation, and memory that was taken is given back.
  Generation young_, old_;
  Time turned_;  // when the young generation began
};

}  // namespace doorward::engine
