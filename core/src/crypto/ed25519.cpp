#include "crypto/ed25519.hpp"

#include <sodium.h>

#include <stdexcept>

namespace doorward::crypto {
namespace {

static_assert(Ed25519Key::seed_size == crypto_sign_SEEDBYTES);
static_assert(Ed25519Key::public_size == crypto_sign_PUBLICKEYBYTES);
static_assert(Ed25519Key::signature_size == crypto_sign_BYTES);

const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* raw(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

// SEQUENCE { SEQUENCE { OID 1.3.101.112 }, BIT STRING of 32 bytes }, up to the key.
constexpr std::string_view der_before_key("\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00", 12);

}  // namespace

Ed25519Key::Ed25519Key(std::string_view seed)
    : secret_(crypto_sign_SECRETKEYBYTES, '\0'), public_(public_size, '\0') {
  if (seed.size() != seed_size) throw std::invalid_argument("Ed25519Key: a seed has 32 bytes");
  crypto_sign_seed_keypair(raw(public_), raw(secret_), raw(seed));
}

Ed25519Key::~Ed25519Key() { sodium_memzero(secret_.data(), secret_.size()); }

std::string Ed25519Key::sign(std::string_view message) const {
  std::string signature(signature_size, '\0');
  crypto_sign_detached(raw(signature), nullptr, raw(message), message.size(), raw(secret_));
  return signature;
}

std::string Ed25519Key::public_pem() const {
  const std::string der = std::string(der_before_key) + public_;
  std::string text(sodium_base64_ENCODED_LEN(der.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), raw(der), der.size(), sodium_base64_VARIANT_ORIGINAL);
  text.pop_back();  // the NUL
  return "-----BEGIN PUBLIC KEY-----\n" + text + "\n-----END PUBLIC KEY-----\n";
}

bool is_signed(std::string_view message, std::string_view signature, std::string_view public_key) {
  return signature.size() == Ed25519Key::signature_size && public_key.size() == Ed25519Key::public_size &&
         crypto_sign_verify_detached(raw(signature), raw(message), message.size(), raw(public_key)) == 0;
}

}  // namespace doorward::crypto
