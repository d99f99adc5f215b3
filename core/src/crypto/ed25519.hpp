// Signatures that anybody can check who has the public key: Ed25519 (RFC 8032), from a seed that was derived, so that all who
// derive the same seed sign with the same key.
#pragma once
#include <string>
#include <string_view>

namespace doorward::crypto {

class Ed25519Key {  // immutable; any thread
 public:
  static constexpr std::size_t seed_size = 32, public_size = 32, signature_size = 64;

  explicit Ed25519Key(std::string_view seed);  // throws std::invalid_argument where it isn't seed_size long
  ~Ed25519Key();                               // wipes it
  Ed25519Key(const Ed25519Key&) = delete;
  Ed25519Key& operator=(const Ed25519Key&) = delete;

  std::string sign(std::string_view message) const;  // the same at every call; about 30 us
  const std::string& public_key() const { return public_; }
  std::string public_pem() const;  // SubjectPublicKeyInfo (RFC 8410 4), as openssl takes it

 private:
  std::string secret_, public_;
};

// About 70 us. False also where key or signature have a wrong length.
bool is_signed(std::string_view message, std::string_view signature, std::string_view public_key);

}  // namespace doorward::crypto
