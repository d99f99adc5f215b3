// One-time tokens: what a link or a code in a letter stands for. A token is used once, for one purpose, before it expires,
// and, where no letter tells it, in the browser that it was made for. Where a letter does, its link is good wherever the
// letter is read, and only its code is bound to the browser that asked.
//
// Its secret and its code are derived from the key ring and the token's id whenever a letter is written, so that
// the store holds neither. Looking at a token never uses it up: only take() does, in the transaction
// of its effect.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "crypto/key_ring.hpp"
#include "crypto/token.hpp"
#include "records/database.hpp"

namespace doorward::records {

struct LinkPurpose {
  static constexpr std::string_view name = "link";
};
using LinkToken = crypto::Token<LinkPurpose>;

enum class TokenPurpose {
  signup,
  recovery,
  invitation,
  forced_change,
  second_factor,     // the password was right: what is left is the second factor
  factor_enrolment,  // a second factor that isn't shown to work yet
  email_confirm,     // an address that somebody with an account adds
  email_undo         // "this was not me"
};
const char* to_text(TokenPurpose purpose);

struct Token {
  std::string hash;
  std::string id;
  TokenPurpose purpose = TokenPurpose::signup;
  AccountId account;      // empty: not known yet, or nobody
  std::string recipient;  // what was asked for: an address, or what was typed where a user name is asked
  std::string binding;    // digest of the browser that asked; empty: any browser
  std::string payload;    // sealed, what the flow keeps until the token is used
  std::string key_id;     // of the key ring
  Time created_at, expires_at;

  static const Table table;
  static Token read(std::span<const Value> row);
};

class Tokens {
 public:
  static constexpr int max_code_attempts = 5;

  Tokens(Transaction& tx, const crypto::KeyRing& keys) : tx_(tx), keys_(keys) {}

  struct Draft {
    std::string id;  // made by the caller, who may have sealed the payload for it
    TokenPurpose purpose;
    AccountId account;
    std::string recipient, binding, payload;
    Time expires_at;
  };
  Token issue(const Draft& draft, Time now);
  std::optional<Token> by_id(std::string_view id);
  // Recovery: who it is for, and to which of their addresses it goes, turns out when its letter is written.
  void assign(const Token& token, const AccountId& account, std::string_view recipient);
  std::vector<Token> of_account(const AccountId& account);
  bool remove(const Token& token);  // false: it is gone already
  void remove_of(const AccountId& account);
  void remove_of_but(const AccountId& account, TokenPurpose spared);
  // An earlier token of the same purpose and recipient is dead once a new one is asked for by the same browser or person.
  void remove_for(TokenPurpose purpose, std::string_view recipient);
  std::int64_t remove_expired(Time now);  // at most rows_in_a_piece; how many

  // What letters say.
  std::string secret(const Token& token) const;  // 43 characters, for a link
  std::string code(const Token& token) const;    // 8 digits, to type

  // For showing a page. None: unknown, used, expired, of another purpose, or of another browser where that matters.
  std::optional<Token> look(TokenPurpose purpose, std::string_view secret, std::string_view binding,
                            Time now);
  // The browser's newest waiting token; of this account, where one is given: others who share the browser may have begun the
  // same since. None: it has none.
  std::optional<Token> look_bound(TokenPurpose purpose, std::string_view binding, Time now,
                                  const AccountId& account = AccountId());

  // The browser's waiting token whose code was typed: several may wait where letters were asked for again. A try counts
  // for all of them, and each has five. Refused with "code_wrong" or, where no token has a try left, "code_expired". The
  // transaction must be committed whatever comes out.
  Result<Token> check_code(TokenPurpose purpose, std::string_view binding, std::string_view code, Time now);

  // Using it up; of many who try at once, one gets it.
  std::optional<Token> take(TokenPurpose purpose, std::string_view secret, std::string_view binding,
                            Time now);

 private:
  std::vector<Token> bound(TokenPurpose purpose, std::string_view binding, Time now);

  Transaction& tx_;
  const crypto::KeyRing& keys_;
};

}  // namespace doorward::records
