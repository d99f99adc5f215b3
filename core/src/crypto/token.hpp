// Secrets that stand for something: a session, a link in a letter. 32 bytes, in cookies and links as 43 characters of
// base64url; the store only ever sees their digest, which is a type of its own for each purpose.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"

namespace doorward::crypto {

inline constexpr std::size_t token_size = 32;
inline constexpr std::size_t token_text_size = 43;

// `Purpose` has a `static constexpr std::string_view name`: the digest of a session's token is never that of a link's.
template <class Purpose>
class TokenHash {
 public:
  const std::string& bytes() const { return bytes_; }
  static TokenHash from_stored(std::string bytes) { return TokenHash(std::move(bytes)); }
  bool operator==(const TokenHash& other) const { return equal(bytes_, other.bytes_); }

 private:
  template <class>
  friend class Token;
  explicit TokenHash(std::string bytes) : bytes_(std::move(bytes)) {}
  std::string bytes_;
};

template <class Purpose>
class Token {
 public:
  static Token make(Random& random) { return Token(random.bytes(token_size)); }
  static Token from_secret(std::string bytes) {
    return Token(std::move(bytes));
  }  // 32 bytes that were derived
  static std::optional<Token> parse(std::string_view text) {
    if (text.size() != token_text_size) return std::nullopt;
    auto bytes = from_base64url(text);
    if (!bytes || bytes->size() != token_size) return std::nullopt;
    return Token(std::move(*bytes));
  }
  std::string text() const { return base64url(bytes_); }
  TokenHash<Purpose> hash() const {
    std::string message(Purpose::name);
    message += '\0';
    return TokenHash<Purpose>(sha256(message + bytes_));
  }

 private:
  explicit Token(std::string bytes) : bytes_(std::move(bytes)) {}
  std::string bytes_;
};

}  // namespace doorward::crypto
