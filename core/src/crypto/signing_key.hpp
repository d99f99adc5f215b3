// A key that signs what others verify without asking: ECDSA with P-256 and SHA-256, the "ES256" of RFC 7518 3.4, made from a
// secret that was derived, so that all who derive the same secret sign with the same key.
#pragma once
#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st;  // OpenSSL's

namespace doorward::crypto {

class SigningKey {  // immutable; any thread
 public:
  static constexpr std::size_t secret_size = 64;

  // FIPS 186-5 A.2.1: the private key is the secret, as a number, modulo n-1, plus one. It has 192 bits more than A.2.1 asks
  // for at least (64 beyond the 256 of the order), so no key is likelier than another. Throws std::invalid_argument where it isn't
  // secret_size long, std::runtime_error where OpenSSL fails.
  static SigningKey from_secret(std::string_view secret);

  // r and s, 32 bytes each. Never twice the same. About 50 us. Throws std::runtime_error.
  std::string sign(std::string_view message) const;

  // The public point, as a JWK has it: base64url of 32 bytes (RFC 7518 6.2.1).
  const std::string& x() const { return x_; }
  const std::string& y() const { return y_; }
  const std::string& id() const { return id_; }  // its thumbprint, base64url (RFC 7638)

 private:
  struct Free {
    void operator()(evp_pkey_st* key) const;
  };
  SigningKey() = default;
  std::unique_ptr<evp_pkey_st, Free> key_;
  std::string x_, y_, id_;
};

}  // namespace doorward::crypto
