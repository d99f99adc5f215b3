#include "records/email.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace doorward::records {
namespace {

constexpr Field fields[] = {
    {"id", Type::text},         {"account", Type::text},          {"address", Type::text},
    {"key", Type::text},        {"owner_key", Type::text, false}, {"verified_at", Type::time, false},
    {"is_primary", Type::flag}, {"created_at", Type::time},
};
constexpr Index indexes[] = {{"owner_key", true}, {"account", false}, {"key", false}};

bool is_local_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view(".!#$%&'*+/=?^_`{|}~-").find(c) != std::string_view::npos;
}

}  // namespace

const Table Email::table{"email", fields, indexes};

std::optional<CanonicalEmail> CanonicalEmail::parse(std::string_view text) {
  text = trim(text);
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || at > 64 || text.size() > 254) return std::nullopt;
  const std::string_view local = text.substr(0, at);
  if (!std::all_of(local.begin(), local.end(), is_local_character)) return std::nullopt;
  const auto domain = domain_to_ascii(text.substr(at + 1));
  if (!domain || domain->front() == '[') return std::nullopt;
  CanonicalEmail email;
  email.address_ = std::string(local) + "@" + *domain;
  email.key_ = ascii_lower(local) + "@" + *domain;
  if (email.key_.size() > 254) return std::nullopt;
  return email;
}

Email Email::read(std::span<const Value> row) {
  Email email;
  email.id = EmailId(std::string(row[0].text));
  email.account = AccountId(std::string(row[1].text));
  email.address = row[2].text;
  email.key = row[3].text;
  email.verified_at = read_optional_time(row[5]);
  email.primary = row[6].flag();
  email.created_at = row[7].time();
  return email;
}

bool Emails::insert(const Email& email) {
  const Cell cells[] = {
      {"id", Value::of_text(email.id.str())},
      {"account", Value::of_text(email.account.str())},
      {"address", Value::of_text(email.address)},
      {"key", Value::of_text(email.key)},
      {"owner_key", email.verified_at ? Value::of_text(email.key) : Value{}},
      {"verified_at", optional_time(email.verified_at)},
      {"is_primary", Value::of_flag(email.primary)},
      {"created_at", Value::of_time(email.created_at)},
  };
  return tx_.store().insert(Email::table.name, cells);
}

std::optional<Email> Emails::verified(const CanonicalEmail& email) {
  return find_one<Email>(tx_, {{"owner_key", Test::is, Value::of_text(email.key())}});
}

std::vector<Email> Emails::of_account(const AccountId& account) {
  return find_all<Email>(tx_, {{"account", Test::is, Value::of_text(account.str())}});
}

std::optional<Email> Emails::primary_of(const AccountId& account) {
  return find_one<Email>(tx_, {{"account", Test::is, Value::of_text(account.str())},
                               {"is_primary", Test::is, Value::of_flag(true)}});
}

bool Emails::verify(const AccountId& account, const CanonicalEmail& email, Time now) {
  if (const auto owned = verified(email)) return owned->account == account;
  return update(tx_, Email::table,
                {{"account", Test::is, Value::of_text(account.str())},
                 {"key", Test::is, Value::of_text(email.key())}},
                {{"owner_key", Value::of_text(email.key())}, {"verified_at", Value::of_time(now)}}) == 1;
}

std::optional<Email> Emails::of_account(const AccountId& account, const EmailId& id) {
  return find_one<Email>(tx_, {{"id", Test::is, Value::of_text(id.str())},
                               {"account", Test::is, Value::of_text(account.str())}});
}

void Emails::make_primary(const Email& email) {
  update(tx_, Email::table, {{"account", Test::is, Value::of_text(email.account.str())}},
         {{"is_primary", Value::of_flag(false)}});
  update(tx_, Email::table, {{"id", Test::is, Value::of_text(email.id.str())}},
         {{"is_primary", Value::of_flag(true)}});
  revoke(email.account);
}

void Emails::remove(const Email& email) {
  records::remove(tx_, Email::table, {{"id", Test::is, Value::of_text(email.id.str())}});
  revoke(email.account);
}

void Emails::remove_of(const AccountId& account) {
  records::remove(tx_, Email::table, {{"account", Test::is, Value::of_text(account.str())}});
}

void Emails::revoke(const AccountId& account) { tx_.revoke_shard(Epochs::account_shard(account.str())); }

}  // namespace doorward::records
