// Signatures of RFC 8032, and what isn't one.
#include "crypto/ed25519.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"

namespace doorward::crypto {
namespace {

std::string bytes(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i < hex.size(); i += 2)
    out += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return out;
}

// RFC 8032 7.1, test 2
const std::string seed = bytes("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
constexpr const char* known_public = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
constexpr const char* known_signature =
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eae"
    "b4302aeeb0"
    "0d291612bb0c00";

TEST(Ed25519, SignsAsTheStandardSays) {
  initialize();
  const Ed25519Key key(seed);
  EXPECT_EQ(hex(key.public_key()), known_public);
  EXPECT_EQ(hex(key.sign("\x72")), known_signature);
  EXPECT_TRUE(is_signed("\x72", bytes(known_signature), key.public_key()));
  EXPECT_EQ(key.public_pem(),
            "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAPUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=\n"
            "-----END PUBLIC KEY-----\n");
}

TEST(Ed25519, RefusesWhatIsNotSigned) {
  initialize();
  const Ed25519Key key(seed);
  std::string altered = bytes(known_signature);
  altered[5] = static_cast<char>(altered[5] ^ 1);
  EXPECT_FALSE(is_signed("\x72", altered, key.public_key()));
  EXPECT_FALSE(is_signed("\x73", bytes(known_signature), key.public_key()));
  EXPECT_FALSE(is_signed("\x72", bytes(known_signature).substr(1), key.public_key()));
  EXPECT_FALSE(is_signed("\x72", {}, {}));
  EXPECT_FALSE(is_signed("\x72", bytes(known_signature), Ed25519Key(std::string(32, 'x')).public_key()));
  EXPECT_THROW(Ed25519Key("short"), std::invalid_argument);
}

}  // namespace
}  // namespace doorward::crypto
