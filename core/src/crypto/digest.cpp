#include "crypto/digest.hpp"

#include <openssl/evp.h>
#include <sodium.h>

#include <stdexcept>

namespace doorward::crypto {
namespace {
const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* raw(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
}  // namespace

void initialize() {
  if (sodium_init() < 0) throw std::runtime_error("libsodium can't be initialized");
}

std::string sha256(std::string_view bytes) {
  std::string out(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(raw(out), raw(bytes), bytes.size());
  return out;
}

std::string sha1(std::string_view bytes) {
  std::string out(20, '\0');
  if (EVP_Q_digest(nullptr, "SHA1", nullptr, bytes.data(), bytes.size(), raw(out), nullptr) != 1)
    throw std::runtime_error("SHA-1 isn't available");
  return out;
}

std::string keyed_digest(std::string_view key, std::string_view bytes) {
  std::string out(32, '\0');
  // libsodium would take a shorter key, and none at all, too.
  if (key.size() < crypto_generichash_KEYBYTES_MIN ||
      crypto_generichash(raw(out), out.size(), raw(bytes), bytes.size(), raw(key), key.size()) != 0) {
    throw std::invalid_argument("keyed_digest: a key of 16 to 64 bytes is needed");
  }
  return out;
}

bool equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace doorward::crypto
