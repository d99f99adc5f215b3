// A key that is made from a secret: the one that FIPS 186-5 says, with signatures that others can verify.
#include "crypto/signing_key.hpp"

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"
#include "es256.hpp"

namespace doorward::crypto {
namespace {

std::string bytes(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i < hex.size(); i += 2)
    out += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return out;
}

// A number as a secret: with zeros before it.
std::string secret(const std::string& number) {
  return std::string(SigningKey::secret_size - number.size(), '\0') + number;
}

std::string one_less(std::string number) {
  for (std::size_t i = number.size(); i-- > 0;) {
    number[i] = static_cast<char>(number[i] - 1);
    if (static_cast<unsigned char>(number[i]) != 0xff) break;
  }
  return number;
}

// SEC 2, secp256r1
const std::string generator_x =
    base64url(bytes("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"));
const std::string generator_y =
    base64url(bytes("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"));
const std::string order = bytes("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");

TEST(SigningKeys, AreTheSecretModuloTheOrderLessOnePlusOne) {
  const SigningKey known =  // RFC 7515 A.3.1
      SigningKey::from_secret(
          secret(one_less(from_base64url("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI").value())));
  EXPECT_EQ(known.x(), "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU");
  EXPECT_EQ(known.y(), "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");

  const SigningKey first = SigningKey::from_secret(secret(""));
  EXPECT_EQ(first.x(), generator_x);
  EXPECT_EQ(first.y(), generator_y);
  const SigningKey last = SigningKey::from_secret(secret(one_less(one_less(order))));
  EXPECT_EQ(last.x(), generator_x) << "the order less one: the first key's, mirrored";
  EXPECT_NE(last.y(), generator_y);
  const SigningKey around = SigningKey::from_secret(secret(one_less(order)));
  EXPECT_EQ(around.y(), generator_y) << "and then from the beginning";
}

TEST(SigningKeys, TakeAllOfTheSecretIn) {
  std::set<std::string> ids;
  for (std::size_t i = 0; i < SigningKey::secret_size; ++i) {
    std::string one(SigningKey::secret_size, '\0');
    one[i] = 1;
    ids.insert(SigningKey::from_secret(one).id());
  }
  EXPECT_EQ(ids.size(), SigningKey::secret_size);
  EXPECT_THROW(SigningKey::from_secret(std::string(63, 'x')), std::invalid_argument);
  EXPECT_THROW(SigningKey::from_secret(std::string(65, 'x')), std::invalid_argument);
  EXPECT_THROW(SigningKey::from_secret(""), std::invalid_argument);
}

TEST(SigningKeys, AreNamedByTheirThumbprint) {
  const SigningKey key = SigningKey::from_secret(std::string(64, 'k'));
  EXPECT_EQ(key.id(), base64url(sha256(R"({"crv":"P-256","kty":"EC","x":")" + key.x() + R"(","y":")" +
                                       key.y() + R"("})")));
  EXPECT_EQ(key.id().size(), 43U);
}

TEST(SigningKeys, SignWhatOthersVerify) {
  const SigningKey key = SigningKey::from_secret(std::string(64, 'k'));
  const SigningKey other = SigningKey::from_secret(std::string(64, 'o'));
  std::set<std::string> signatures;
  for (int i = 0; i < 300; ++i) {  // every 256th number begins with a zero, which has to stay
    const std::string message = "message " + std::to_string(i);
    const std::string signature = key.sign(message);
    ASSERT_EQ(signature.size(), 64U);
    ASSERT_TRUE(test::verifies_es256(key.x(), key.y(), message, signature)) << message;
    EXPECT_FALSE(test::verifies_es256(key.x(), key.y(), message + "!", signature));
    EXPECT_FALSE(test::verifies_es256(other.x(), other.y(), message, signature));
    signatures.insert(key.sign("twice the same"));
  }
  EXPECT_EQ(signatures.size(), 300U);
  EXPECT_TRUE(test::verifies_es256(key.x(), key.y(), "", key.sign("")));
}

}  // namespace
}  // namespace doorward::crypto
