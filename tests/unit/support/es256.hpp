// Whether a signature is one, as somebody says who has the public key only: x and y of a JWK.
#pragma once
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include <memory>
#include <string>

#include "crypto/encoding.hpp"

namespace doorward::test {

inline std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> public_key(const std::string& x,
                                                                      const std::string& y) {
  std::string point = "\x04" + crypto::from_base64url(x).value() + crypto::from_base64url(y).value();
  std::string curve = "P-256";
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, curve.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
      OSSL_PARAM_construct_end()};
  EVP_PKEY_CTX* maker = EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr);
  EVP_PKEY* key = nullptr;
  EVP_PKEY_fromdata_init(maker);
  EVP_PKEY_fromdata(maker, &key, EVP_PKEY_PUBLIC_KEY, parameters);
  EVP_PKEY_CTX_free(maker);
  return {key, EVP_PKEY_free};
}

inline bool verifies_es256(const std::string& x, const std::string& y, const std::string& message,
                           const std::string& signature) {
  if (signature.size() != 64) return false;
  const auto* raw = reinterpret_cast<const unsigned char*>(signature.data());
  ECDSA_SIG* numbers = ECDSA_SIG_new();
  ECDSA_SIG_set0(numbers, BN_bin2bn(raw, 32, nullptr), BN_bin2bn(raw + 32, 32, nullptr));
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(numbers, &der);
  ECDSA_SIG_free(numbers);
  const auto key = public_key(x, y);
  EVP_MD_CTX* verifier = EVP_MD_CTX_new();
  EVP_DigestVerifyInit_ex(verifier, nullptr, "SHA256", nullptr, nullptr, key.get(), nullptr);
  const bool good =
      EVP_DigestVerify(verifier, der, static_cast<std::size_t>(size),
                       reinterpret_cast<const unsigned char*>(message.data()), message.size()) == 1;
  EVP_MD_CTX_free(verifier);
  OPENSSL_free(der);
  return good;
}

}  // namespace doorward::test
