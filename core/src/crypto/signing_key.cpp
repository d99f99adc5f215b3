#include "crypto/signing_key.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>

#include <array>
#include <stdexcept>

#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"

namespace doorward::crypto {
namespace {

constexpr int coordinate_size = 32;
constexpr std::size_t point_size = 1 + 2 * coordinate_size;  // uncompressed: 4, x, y (SEC 1 2.3.3)
using Point = std::array<unsigned char, point_size>;

template <auto free>
struct Freeing {
  template <class T>
  void operator()(T* it) const {
    free(it);
  }
};
template <class T, auto free>
using Owned = std::unique_ptr<T, Freeing<free>>;
using Number = Owned<BIGNUM, BN_clear_free>;

const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

void must(bool done) {
  if (!done) throw std::runtime_error("OpenSSL can't make or use a signing key");
}

template <class Owner>
Owner made(typename Owner::pointer it) {
  must(it != nullptr);
  return Owner(it);
}

struct Curve {
  Owned<EC_GROUP, EC_GROUP_free> group =
      made<decltype(group)>(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  Owned<BN_CTX, BN_CTX_free> room = made<decltype(room)>(BN_CTX_secure_new());
};

Number private_key(const Curve& curve, std::string_view secret) {
  const auto wide = made<Number>(BN_bin2bn(raw(secret), static_cast<int>(secret.size()), nullptr));
  const auto below = made<Number>(BN_dup(EC_GROUP_get0_order(curve.group.get())));
  auto key = made<Number>(BN_new());
  BN_set_flags(wide.get(), BN_FLG_CONSTTIME);
  BN_set_flags(key.get(), BN_FLG_CONSTTIME);
  must(BN_sub_word(below.get(), 1) == 1 &&
       BN_mod(key.get(), wide.get(), below.get(), curve.room.get()) == 1 && BN_add_word(key.get(), 1) == 1);
  return key;
}

Point public_point(const Curve& curve, const Number& key) {
  const auto point = made<Owned<EC_POINT, EC_POINT_free>>(EC_POINT_new(curve.group.get()));
  Point bytes;
  must(EC_POINT_mul(curve.group.get(), point.get(), key.get(), nullptr, nullptr, curve.room.get()) == 1 &&
       EC_POINT_point2oct(curve.group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, bytes.data(),
                          bytes.size(), curve.room.get()) == bytes.size());
  return bytes;
}

EVP_PKEY* key_pair(const Number& key, const Point& point) {
  const auto build = made<Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>>(OSSL_PARAM_BLD_new());
  must(OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME, SN_X9_62_prime256v1, 0) ==
           1 &&
       OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_PRIV_KEY, key.get()) == 1 &&
       OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) ==
           1);
  const auto parameters = made<Owned<OSSL_PARAM, OSSL_PARAM_free>>(OSSL_PARAM_BLD_to_param(build.get()));
  const auto maker =
      made<Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>>(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* pair = nullptr;
  must(EVP_PKEY_fromdata_init(maker.get()) == 1 &&
       EVP_PKEY_fromdata(maker.get(), &pair, EVP_PKEY_KEYPAIR, parameters.get()) == 1);
  return pair;
}

std::string coordinate(const Point& point, std::size_t at) {
  return base64url({reinterpret_cast<const char*>(point.data()) + at, coordinate_size});
}

// OpenSSL's signatures are DER, JOSE's are the bare numbers.
std::string bare(const unsigned char* der, std::size_t size) {
  const auto signature =
      made<Owned<ECDSA_SIG, ECDSA_SIG_free>>(d2i_ECDSA_SIG(nullptr, &der, static_cast<long>(size)));
  std::string out(2 * coordinate_size, '\0');
  auto* to = reinterpret_cast<unsigned char*>(out.data());
  must(BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), to, coordinate_size) == coordinate_size &&
       BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), to + coordinate_size, coordinate_size) ==
           coordinate_size);
  return out;
}

}  // namespace

void SigningKey::Free::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

SigningKey SigningKey::from_secret(std::string_view secret) {
  if (secret.size() != secret_size) throw std::invalid_argument("a signing key's secret has 64 bytes");
  const Curve curve;
  const Number key = private_key(curve, secret);
  const Point point = public_point(curve, key);
  SigningKey made_key;
  made_key.key_.reset(key_pair(key, point));
  made_key.x_ = coordinate(point, 1);
  made_key.y_ = coordinate(point, 1 + coordinate_size);
  made_key.id_ = base64url(
      sha256(R"({"crv":"P-256","kty":"EC","x":")" + made_key.x_ + R"(","y":")" + made_key.y_ + R"("})"));
  return made_key;
}

std::string SigningKey::sign(std::string_view message) const {
  const auto signer = made<Owned<EVP_MD_CTX, EVP_MD_CTX_free>>(EVP_MD_CTX_new());
  std::array<unsigned char, 80> der;  // two numbers of 33 bytes at most, and their heads
  std::size_t size = der.size();
  must(EVP_DigestSignInit_ex(signer.get(), nullptr, "SHA256", nullptr, nullptr, key_.get(), nullptr) == 1 &&
       EVP_DigestSign(signer.get(), der.data(), &size, raw(message), message.size()) == 1);
  return bare(der.data(), size);
}

}  // namespace doorward::crypto
