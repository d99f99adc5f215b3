#include "engine/assertion_keys.hpp"

#include <nlohmann/json.hpp>

namespace doorward::engine {

std::int64_t assertion_period(Time now) {
  return std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()) / assertion_key_period;
}

std::string assertion_signer(const crypto::KeyRing& ring, Time now) {
  const auto ids = ring.ids();
  for (const std::string& id : ids) {
    const auto made = crypto::KeyRing::made_at(id);
    if (!made || *made + assertion_key_period <= now) return id;
  }
  return ids.back();
}

crypto::SigningKey assertion_key(const crypto::KeyRing& ring, const std::string& ring_key,
                                 std::int64_t period) {
  // The ring derives 32 bytes at a time, a signing key wants 64.
  const std::string subject = std::to_string(period);
  const crypto::Wiped first(ring.derive(ring_key, "assertion key, first half", subject));
  const crypto::Wiped second(ring.derive(ring_key, "assertion key, second half", subject));
  crypto::Wiped secret;
  secret.text.reserve(crypto::SigningKey::secret_size);
  secret.text.append(first.text).append(second.text);
  return crypto::SigningKey::from_secret(secret.text);
}

std::string assertion_jwks(const crypto::KeyRing& ring, Time now) {
  nlohmann::json keys = nlohmann::json::array();
  const std::int64_t period = assertion_period(now);
  for (const std::string& ring_key : ring.ids()) {
    for (const std::int64_t each : {period, period - 1, period + 1}) {
      const crypto::SigningKey key = assertion_key(ring, ring_key, each);
      keys.push_back({{"kty", "EC"},
                      {"crv", "P-256"},
                      {"x", key.x()},
                      {"y", key.y()},
                      {"kid", key.id()},
                      {"use", "sig"},
                      {"alg", "ES256"}});
    }
  }
  return nlohmann::json{{"keys", std::move(keys)}}.dump();
}

}  // namespace doorward::engine
