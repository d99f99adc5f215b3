// Tokens and the spellings of bytes: one text for one value, and one purpose for one token.
#include "crypto/token.hpp"

#include <gtest/gtest.h>

#include <bitset>
#include <set>
#include <type_traits>

#include "fixed.hpp"

namespace doorward::crypto {
namespace {

struct Door {
  static constexpr std::string_view name = "door";
};
struct Window {
  static constexpr std::string_view name = "window";
};

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

TEST(Base64Url, IsAsInRfc4648) {
  EXPECT_EQ(base64url(""), "");
  EXPECT_EQ(base64url("f"), "Zg");
  EXPECT_EQ(base64url("foob"), "Zm9vYg");
  EXPECT_EQ(base64url("\xfb\xff\xfe"), "-__-");
  EXPECT_EQ(from_base64url("Zm9vYg"), "foob");
  EXPECT_EQ(from_base64url(""), "");
}

TEST(Base64Url, HasOneSpellingOnly) {
  for (const char* other : {"Zg==", "Zg=", "Zh", "Zn", "Z", "Zm9vYh", "Zm9v Yg", "Zm9vYg\n", " Zm9vYg",
                            "+//-", "Zm9vY", "Z\xc3\xa9"}) {
    EXPECT_FALSE(from_base64url(other)) << other;
  }
  EXPECT_FALSE(from_base64url(std::string_view("Zg\0", 3)));
}

TEST(Base64Url, HasNoCharactersAbove127) {
  for (int byte = 128; byte < 256; ++byte) {
    EXPECT_FALSE(from_base64url(std::string("AAA") + static_cast<char>(byte))) << byte;
  }
}

TEST(Hexadecimal, IsLowerCase) { EXPECT_EQ(hex(std::string_view("\x00\xabZ", 3)), "00ab5a"); }

TEST(Digests, AreTheStandardsOnes) {
  initialize();
  EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(keyed_digest(std::string(32, 'k'), "a").size(), 32U);
  EXPECT_NE(keyed_digest(std::string(32, 'k'), "a"), keyed_digest(std::string(32, 'l'), "a"));
  EXPECT_THROW(keyed_digest("short", "a"), std::invalid_argument);
}

TEST(Equality, LooksAtEveryByteAndAtTheLength) {
  EXPECT_TRUE(equal("abc", "abc"));
  EXPECT_TRUE(equal("", ""));
  EXPECT_FALSE(equal("abc", "abd"));
  EXPECT_FALSE(equal("abc", "ab"));
  EXPECT_FALSE(equal(std::string_view("a\0b", 3), std::string_view("a\0c", 3)));
}

TEST(Tokens, GoIntoTextAndBack) {
  SystemRandom random;
  for (int i = 0; i < 100; ++i) {
    const auto token = Token<Door>::make(random);
    const std::string text = token.text();
    EXPECT_EQ(text.size(), token_text_size);
    const auto parsed = Token<Door>::parse(text);
    ASSERT_TRUE(parsed);
    EXPECT_TRUE(parsed->hash() == token.hash());
  }
}

TEST(Tokens, OfOnePurposeAreNotThoseOfAnother) {
  static_assert(!std::is_convertible_v<Token<Door>, Token<Window>>);
  const std::string secret(32, 's');
  EXPECT_NE(Token<Door>::from_secret(secret).hash().bytes(),
            Token<Window>::from_secret(secret).hash().bytes());
}

// SECURITY T039: cut, lengthened, with a bit or the case changed, percent-encoded.
TEST(Tokens, AlteredInAnyWayAreNone) {
  test::SeededRandom random;
  const std::string text = Token<Door>::make(random).text();
  const auto hash = Token<Door>::parse(text)->hash();
  for (std::size_t i = 0; i < text.size(); ++i) {
    EXPECT_FALSE(Token<Door>::parse(text.substr(0, i)));
    std::string altered = text;
    for (const char c : alphabet) {
      if (c == text[i]) continue;
      altered[i] = c;
      const auto parsed = Token<Door>::parse(altered);
      EXPECT_FALSE(parsed && parsed->hash() == hash) << altered << " stands for " << text;
    }
  }
  int spellings_of_the_end = 0;  // 43 characters hold 258 bits: the last one has 2 that must be zero
  for (const char c : alphabet) spellings_of_the_end += Token<Door>::parse(text.substr(0, 42) + c) ? 1 : 0;
  EXPECT_EQ(spellings_of_the_end, 16);
  for (const std::string& other :
       {text + "A", text + "=", " " + text, text + std::string(1, '\0'), "%" + text.substr(1)}) {
    EXPECT_FALSE(Token<Door>::parse(other)) << other;
  }
}

TEST(Tokens, AreUnpredictable) {  // SECURITY T035: unique, and as many ones as zeros
  SystemRandom random;
  std::set<std::string> seen;
  long ones = 0;
  constexpr int count = 10'000;
  for (int i = 0; i < count; ++i) {
    const std::string bytes = random.bytes(token_size);
    for (const char byte : bytes)
      ones += static_cast<long>(std::bitset<8>(static_cast<unsigned char>(byte)).count());
    seen.insert(bytes);
  }
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(count));
  // Half of 2,560,000 bits, give or take seven standard deviations of 800.
  EXPECT_NEAR(static_cast<double>(ones), count * 128.0, 5600);
}

}  // namespace
}  // namespace doorward::crypto
