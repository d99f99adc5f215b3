#include "records/recovery_code.hpp"

#include <stdexcept>

#include "base/text.hpp"
#include "crypto/digest.hpp"

namespace doorward::records {
namespace {

constexpr Field fields[] = {
    {"id", Type::text}, {"account", Type::text}, {"hash", Type::bytes}, {"created_at", Type::time}};
constexpr Index indexes[] = {{"account", false}};

// Crockford's base 32: no letter that is taken for a digit.
constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t letters = 24;   // of five bits: 120
constexpr std::size_t longest = 256;  // of what is typed: letters of full width are of three bytes

std::string row_id(const AccountId& account, int number) {
  return account.str() + "/" + std::to_string(number);
}

std::string hash_of(const AccountId& account, std::string_view text) {
  return crypto::sha256("recovery_code|" + account.str() + "|" + std::string(text));
}

// 32 divides 256, so every letter is as likely as any other.
std::string make_letters(Random& random) {
  std::string text;
  for (const char byte : random.bytes(letters))
    text += alphabet[static_cast<unsigned char>(byte) % alphabet.size()];
  return text;
}

std::string grouped(int number, std::string_view text) {
  std::string code = std::to_string(number);
  for (std::size_t at = 0; at < text.size(); at += 4) code += "-" + std::string(text.substr(at, 4));
  return code;
}

char meant(char typed) {
  const char upper = typed >= 'a' && typed <= 'z' ? static_cast<char>(typed - 'a' + 'A') : typed;
  if (upper == 'O') return '0';
  return upper == 'I' || upper == 'L' ? '1' : upper;
}

struct Typed {
  int number;
  std::string text;
};

// What a pasted code has between its letters: word processors and chats make other dashes and blanks of what was copied.
bool separates(char32_t c) {
  const bool blank = c == U' ' || (c >= U'\t' && c <= U'\r');
  const bool dash = c == U'-' || (c >= U'\u2010' && c <= U'\u2015') || c == U'\u2212';
  return blank || dash;
}

// NFKC makes plain letters of full-width ones and plain blanks of all others; what has no width goes.
std::optional<Typed> parse(std::string_view typed) {
  if (typed.size() > longest) return std::nullopt;
  const auto points = to_code_points(nfkc_casefold(typed).value_or(""));
  if (!points) return std::nullopt;
  std::string plain;
  for (const char32_t point : *points) {
    if (separates(point)) continue;
    if (point > U'z') return std::nullopt;
    const char c = static_cast<char>(point);
    if (alphabet.find(meant(c)) == std::string_view::npos) return std::nullopt;
    plain += meant(c);
  }
  if (plain.size() <= letters) return std::nullopt;
  const std::string number = plain.substr(0, plain.size() - letters);
  for (int known = 1; known <= RecoveryCode::how_many; ++known) {
    if (std::to_string(known) == number) return Typed{known, plain.substr(number.size())};
  }
  return std::nullopt;
}

}  // namespace

const Table RecoveryCode::table{"recovery_code", fields, indexes};

RecoveryCode RecoveryCode::read(std::span<const Value> row) {
  return {std::string(row[0].text), AccountId(std::string(row[1].text)), std::string(row[2].text),
          row[3].time()};
}

std::array<std::string, RecoveryCode::how_many> RecoveryCodes::replace(const AccountId& account, Time now,
                                                                       Random& random) {
  remove_of(account);
  std::array<std::string, RecoveryCode::how_many> codes;
  for (int number = 1; number <= RecoveryCode::how_many; ++number) {
    const std::string text = make_letters(random);
    const std::string id = row_id(account, number), hash = hash_of(account, text);
    const Cell cells[] = {{"id", Value::of_text(id)},
                          {"account", Value::of_text(account.str())},
                          {"hash", Value::of_bytes(hash)},
                          {"created_at", Value::of_time(now)}};
    if (!tx_.store().insert(RecoveryCode::table.name, cells))
      throw std::logic_error("a recovery code's number was given twice");
    codes[static_cast<std::size_t>(number - 1)] = grouped(number, text);
  }
  return codes;
}

std::optional<int> RecoveryCodes::take(const AccountId& account, std::string_view typed) {
  const auto code = parse(typed);
  if (!code) return std::nullopt;
  const std::string id = row_id(account, code->number), hash = hash_of(account, code->text);
  const auto taken = take_one<RecoveryCode>(
      tx_, {{"id", Test::is, Value::of_text(id)}, {"hash", Test::is, Value::of_bytes(hash)}});
  if (!taken) return std::nullopt;
  return code->number;
}

std::int64_t RecoveryCodes::left(const AccountId& account) {
  return static_cast<std::int64_t>(
      find_all<RecoveryCode>(tx_, {{"account", Test::is, Value::of_text(account.str())}}).size());
}

std::optional<Time> RecoveryCodes::made_at(const AccountId& account) {
  const auto left = find_all<RecoveryCode>(tx_, {{"account", Test::is, Value::of_text(account.str())}});
  return left.empty() ? std::nullopt : std::optional(left.front().created_at);
}

void RecoveryCodes::remove_of(const AccountId& account) {
  remove(tx_, RecoveryCode::table, {{"account", Test::is, Value::of_text(account.str())}});
}

}  // namespace doorward::records
