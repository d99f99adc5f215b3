#include "records/token.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <stdexcept>

#include "records/rows.hpp"

namespace doorward::records {
namespace {

constexpr Field fields[] = {
    {"hash", Type::bytes},           {"id", Type::text},         {"purpose", Type::text},
    {"account", Type::text, false},  {"recipient", Type::text},  {"binding", Type::bytes, false},
    {"payload", Type::bytes, false}, {"key_id", Type::text},     {"code_attempts", Type::number},
    {"created_at", Type::time},      {"expires_at", Type::time},
};
constexpr Index indexes[] = {
    {"id", true}, {"account", false}, {"binding", false}, {"recipient", false}, {"expires_at", false}};

constexpr std::size_t max_waiting = 8;  // tokens of one browser whose codes are looked at

std::optional<std::string> stored_hash(std::string_view secret) {
  const auto token = LinkToken::parse(secret);
  if (!token) return std::nullopt;
  return token->hash().bytes();
}

TokenPurpose purpose_of(std::string_view text) {
  for (const TokenPurpose purpose :
       {TokenPurpose::signup, TokenPurpose::recovery, TokenPurpose::invitation, TokenPurpose::forced_change,
        TokenPurpose::second_factor, TokenPurpose::factor_enrolment, TokenPurpose::email_confirm,
        TokenPurpose::email_undo}) {
    if (text == to_text(purpose)) return purpose;
  }
  throw std::runtime_error("a token of an unknown purpose: " + std::string(text));
}

// A secret that no letter has told has not left its browser: whoever else brings it was sent it.
bool is_told_by_letter(TokenPurpose purpose) {
  return purpose != TokenPurpose::forced_change && purpose != TokenPurpose::second_factor &&
         purpose != TokenPurpose::factor_enrolment;
}

bool opens_in(const Token& token, std::string_view binding) {
  return is_told_by_letter(token.purpose) || (!binding.empty() && crypto::equal(token.binding, binding));
}

}  // namespace

const Table Token::table{"token", fields, indexes};

const char* to_text(TokenPurpose purpose) {
  switch (purpose) {
    case TokenPurpose::signup: return "signup";
    case TokenPurpose::recovery: return "recovery";
    case TokenPurpose::invitation: return "invitation";
    case TokenPurpose::forced_change: return "forced_change";
    case TokenPurpose::second_factor: return "second_factor";
    case TokenPurpose::factor_enrolment: return "factor_enrolment";
    case TokenPurpose::email_confirm: return "email_confirm";
    case TokenPurpose::email_undo: return "email_undo";
  }
  return "";
}

Token Token::read(std::span<const Value> row) {
  Token token;
  token.hash = row[0].text;
  token.id = row[1].text;
  token.purpose = purpose_of(row[2].text);
  token.account = AccountId(std::string(row[3].text));
  token.recipient = row[4].text;
  token.binding = row[5].text;
  token.payload = row[6].text;
  token.key_id = row[7].text;
  token.created_at = row[9].time();
  token.expires_at = row[10].time();
  return token;
}

std::string Tokens::secret(const Token& token) const {
  return LinkToken::from_secret(keys_.derive(token.key_id, "link", token.id)).text();
}

std::string Tokens::code(const Token& token) const {
  const std::string digest = keys_.derive(token.key_id, "code", token.id);
  std::uint64_t number = 0;
  std::memcpy(&number, digest.data(), sizeof number);
  std::string digits = std::to_string(number % 100'000'000);
  return std::string(8 - digits.size(), '0') + digits;
}

Token Tokens::issue(const Draft& draft, Time now) {
  Token token{{},
              draft.id,
              draft.purpose,
              draft.account,
              draft.recipient,
              draft.binding,
              draft.payload,
              keys_.current(),
              now,
              draft.expires_at};
  token.hash = *stored_hash(secret(token));
  const Cell cells[] = {
      {"hash", Value::of_bytes(token.hash)},
      {"id", Value::of_text(token.id)},
      {"purpose", Value::of_text(to_text(token.purpose))},
      {"account", optional_text(token.account.str())},
      {"recipient", Value::of_text(token.recipient)},
      {"binding", token.binding.empty() ? Value{} : Value::of_bytes(token.binding)},
      {"payload", token.payload.empty() ? Value{} : Value::of_bytes(token.payload)},
      {"key_id", Value::of_text(token.key_id)},
      {"code_attempts", Value::of_number(0)},
      {"created_at", Value::of_time(now)},
      {"expires_at", Value::of_time(token.expires_at)},
  };
  if (!tx_.store().insert(Token::table.name, cells)) throw std::logic_error("a token's id was made twice");
  return token;
}

std::optional<Token> Tokens::by_id(std::string_view id) {
  return find_one<Token>(tx_, {{"id", Test::is, Value::of_text(id)}});
}

void Tokens::assign(const Token& token, const AccountId& account, std::string_view recipient) {
  update(tx_, Token::table, {{"hash", Test::is, Value::of_bytes(token.hash)}},
         {{"account", Value::of_text(account.str())}, {"recipient", Value::of_text(recipient)}});
}

std::vector<Token> Tokens::of_account(const AccountId& account) {
  return find_all<Token>(tx_, {{"account", Test::is, Value::of_text(account.str())}});
}

bool Tokens::remove(const Token& token) {
  return records::remove(tx_, Token::table, {{"hash", Test::is, Value::of_bytes(token.hash)}}) != 0;
}

void Tokens::remove_of(const AccountId& account) {
  records::remove(tx_, Token::table, {{"account", Test::is, Value::of_text(account.str())}});
}

void Tokens::remove_of_but(const AccountId& account, TokenPurpose spared) {
  records::remove(tx_, Token::table,
                  {{"account", Test::is, Value::of_text(account.str())},
                   {"purpose", Test::is_not, Value::of_text(to_text(spared))}});
}

void Tokens::remove_for(TokenPurpose purpose, std::string_view recipient) {
  records::remove(tx_, Token::table,
                  {{"recipient", Test::is, Value::of_text(recipient)},
                   {"purpose", Test::is, Value::of_text(to_text(purpose))}});
}

std::int64_t Tokens::remove_expired(Time now) {
  const Match expired{"expires_at", Test::below, Value::of_time(now)};
  return remove_some(tx_, Token::table, std::span(&expired, 1), expired.field);
}

std::optional<Token> Tokens::look(TokenPurpose purpose, std::string_view secret, std::string_view binding,
                                  Time now) {
  const auto hash = stored_hash(secret);
  if (!hash) return std::nullopt;
  auto token = find_one<Token>(tx_, {{"hash", Test::is, Value::of_bytes(*hash)},
                                     {"purpose", Test::is, Value::of_text(to_text(purpose))},
                                     {"expires_at", Test::above, Value::of_time(now)}});
  if (!token || !opens_in(*token, binding)) return std::nullopt;
  return token;
}

std::vector<Token> Tokens::bound(TokenPurpose purpose, std::string_view binding, Time now) {
  if (binding.empty()) return {};
  return find_all<Token>(tx_, {{"binding", Test::is, Value::of_bytes(binding)},
                               {"purpose", Test::is, Value::of_text(to_text(purpose))},
                               {"expires_at", Test::above, Value::of_time(now)}});
}

std::optional<Token> Tokens::look_bound(TokenPurpose purpose, std::string_view binding, Time now,
                                        const AccountId& account) {
  std::optional<Token> newest;
  for (Token& token : bound(purpose, binding, now)) {
    if (!account.empty() && token.account != account) continue;
    if (!newest || token.id > newest->id) newest = std::move(token);
  }
  return newest;
}

std::optional<Token> Tokens::take(TokenPurpose purpose, std::string_view secret, std::string_view binding,
                                  Time now) {
  const auto hash = stored_hash(secret);
  if (!hash || !look(purpose, secret, binding, now)) return std::nullopt;
  return take_one<Token>(tx_, {{"hash", Test::is, Value::of_bytes(*hash)},
                               {"purpose", Test::is, Value::of_text(to_text(purpose))},
                               {"expires_at", Test::above, Value::of_time(now)}});
}

Result<Token> Tokens::check_code(TokenPurpose purpose, std::string_view binding, std::string_view code,
                                 Time now) {
  bool tried = false;
  std::optional<Token> meant;
  std::vector<Token> waiting = bound(purpose, binding, now);
  std::sort(waiting.begin(), waiting.end(), [](const Token& a, const Token& b) { return a.id > b.id; });
  if (waiting.size() > max_waiting) waiting.resize(max_waiting);
  for (Token& token : waiting) {
    const std::int64_t counted = update(tx_, Token::table,
                                        {{"hash", Test::is, Value::of_bytes(token.hash)},
                                         {"code_attempts", Test::below, Value::of_number(max_code_attempts)}},
                                        {{"code_attempts", Value::of_number(1), true}});
    if (counted == 0) continue;
    tried = true;
    if (crypto::equal(code, this->code(token))) meant = std::move(token);
  }
  if (!tried) return refuse("code_expired", "code");
  if (!meant) return refuse("code_wrong", "code");
  return std::move(*meant);
}

}  // namespace doorward::records
