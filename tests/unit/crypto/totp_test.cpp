#include "crypto/totp.hpp"

#include <gtest/gtest.h>

#include "fixed.hpp"

namespace doorward::crypto {
namespace {

const std::string secret = "12345678901234567890";  // RFC 6238, appendix B

Time at(std::int64_t seconds) { return Time(std::chrono::seconds(seconds)); }

TEST(Totp, AgreesWithTheVectorsOfRfc6238) {  // their last six of eight digits: RFC 4226 5.3 takes them modulo
  const std::pair<std::int64_t, const char*> vectors[] = {{59, "287082"},         {1111111109, "081804"},
                                                          {1111111111, "050471"}, {1234567890, "005924"},
                                                          {2000000000, "279037"}, {20000000000, "353130"}};
  for (const auto& [seconds, code] : vectors) {
    EXPECT_EQ(totp_code(secret, totp_step(at(seconds))), code) << seconds;
    EXPECT_EQ(match_totp(secret, code, at(seconds), {0, 0}), seconds / 30) << seconds;
  }
}

TEST(Totp, TakesTheStepsOfItsWindowAndNoOthers) {  // T131
  const Time now = at(1111111111);
  const std::int64_t step = totp_step(now);
  const auto taken = [&](const TotpWindow& window) {
    std::string steps;
    for (std::int64_t i = -3; i <= 3; ++i) {
      if (match_totp(secret, totp_code(secret, step + i), now, window) == step + i)
        steps += std::to_string(i) + " ";
    }
    return steps;
  };
  EXPECT_EQ(taken({0, 0}), "0 ");
  EXPECT_EQ(taken({1, 0}), "-1 0 ");
  EXPECT_EQ(taken({1, 1}), "-1 0 1 ");
}

TEST(Totp, TakesNothingButSixAsciiDigits) {  // T131
  const Time now = at(59);                   // 287082
  for (const std::string& typed :
       {std::string(), std::string("28708"), std::string("2870820"), std::string("0287082"),
        std::string("94287082"), std::string(" 287082"), std::string("287082 "), std::string("287 082"),
        std::string("28708٢"), std::string("２８７０８２"), std::string("-87082"), std::string("+87082"),
        std::string("28708\0", 6), std::string("287082\0", 7), std::string("000000"), std::string("      "),
        std::string("abcdef")}) {
    EXPECT_FALSE(match_totp(secret, typed, now, {1, 1})) << typed;
  }
  EXPECT_TRUE(match_totp(secret, "287082", now, {1, 1}));
}

TEST(Totp, ASecretHas160BitsAndIsWrittenAsApplicationsReadIt) {
  test::SeededRandom random;
  const std::string one = make_totp_secret(random), other = make_totp_secret(random);
  EXPECT_EQ(one.size(), 20U);
  EXPECT_NE(one, other);
  EXPECT_EQ(base32(one).size(), 32U);
  EXPECT_EQ(base32(secret), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  EXPECT_EQ(base32("foob"), "MZXW6YQ") << "RFC 4648 10, without padding";
}

}  // namespace
}  // namespace doorward::crypto
