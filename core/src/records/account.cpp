#include "records/account.hpp"

#include "base/text.hpp"

namespace doorward::records {
namespace {

constexpr Field fields[] = {
    {"id", Type::text},
    {"login_name", Type::text, false},
    {"login_key", Type::text, false},
    {"name", Type::text},
    {"disabled", Type::flag},
    {"password", Type::bytes, false},
    {"password_changed_at", Type::time, false},
    {"must_change_password", Type::flag},
    {"locale", Type::text, false},
    {"created_at", Type::time},
    {"phone", Type::text, false},
    {"time_zone", Type::text, false},
    {"avatar", Type::text, false},
    {"clock", Type::text, false},
    {"mac_format", Type::text, false},
    {"theme", Type::text, false},
    {"notifications", Type::text, false},
};
constexpr Index indexes[] = {{"login_key", true}};

}  // namespace

const Table Account::table{"account", fields, indexes};

Account Account::read(std::span<const Value> row) {
  Account account;
  account.id = AccountId(std::string(row[0].text));
  account.login_name = row[1].text;
  account.name = row[3].text;
  account.status = row[4].flag() ? Status::disabled : Status::active;
  account.password = row[5].text;
  account.password_changed_at = read_optional_time(row[6]);
  account.must_change_password = row[7].flag();
  account.locale = row[8].text;
  account.created_at = row[9].time();
  account.phone = row[10].text;
  account.time_zone = row[11].text;
  account.avatar = row[12].text;
  account.clock = row[13].text;
  account.mac_format = row[14].text;
  account.theme = row[15].text;
  account.notifications = row[16].text;
  return account;
}

std::string login_key(std::string_view login_name) {
  const std::string_view name = trim(login_name);
  if (name.empty() || name.find('@') != std::string_view::npos || has_control(name) || code_points(name) > 64)
    return {};
  std::string key = nfkc_casefold(name).value_or(std::string());
  if (key.find('@') != std::string::npos) return {};  // U+FF20 and its like: an address in disguise
  return key;
}

bool Accounts::insert(const Account& account) {
  const std::string key = login_key(account.login_name);
  const Cell cells[] = {
      {"id", Value::of_text(account.id.str())},
      {"login_name", optional_text(account.login_name)},
      {"login_key", optional_text(key)},
      {"name", Value::of_text(account.name)},
      {"disabled", Value::of_flag(!account.active())},
      {"password", account.password.empty() ? Value{} : Value::of_bytes(account.password)},
      {"password_changed_at", optional_time(account.password_changed_at)},
      {"must_change_password", Value::of_flag(account.must_change_password)},
      {"locale", optional_text(account.locale)},
      {"created_at", Value::of_time(account.created_at)},
      {"phone", optional_text(account.phone)},
      {"time_zone", optional_text(account.time_zone)},
      {"avatar", optional_text(account.avatar)},
      {"clock", optional_text(account.clock)},
      {"mac_format", optional_text(account.mac_format)},
      {"theme", optional_text(account.theme)},
      {"notifications", optional_text(account.notifications)},
  };
  return tx_.store().insert(Account::table.name, cells);
}

std::optional<Account> Accounts::by_id(const AccountId& id) {
  return find_one<Account>(tx_, {{"id", Test::is, Value::of_text(id.str())}});
}

std::optional<Account> Accounts::by_login_name(std::string_view name) {
  const std::string key = login_key(name);
  if (key.empty()) return std::nullopt;
  return find_one<Account>(tx_, {{"login_key", Test::is, Value::of_text(key)}});
}

std::vector<Account> Accounts::list(const AccountId& after, std::uint32_t limit) {
  const Page page{nullptr, false, limit, 0};
  return find_all<Account>(tx_, {{"id", Test::above, Value::of_text(after.str())}}, &page);
}

void Accounts::set_name(const AccountId& id, std::string_view name) {
  update(tx_, Account::table, {{"id", Test::is, Value::of_text(id.str())}}, {{"name", Value::of_text(name)}});
  revoke(id);
}

void Accounts::set_preferences(const AccountId& id, const Preferences& preferences) {
  update(tx_, Account::table, {{"id", Test::is, Value::of_text(id.str())}},
         {{"locale", optional_text(preferences.locale)},
          {"clock", optional_text(preferences.clock)},
          {"mac_format", optional_text(preferences.mac_format)},
          {"theme", optional_text(preferences.theme)}});
  revoke(id);
}

void Accounts::set_notifications(const AccountId& id, std::string_view text) {
  update(tx_, Account::table, {{"id", Test::is, Value::of_text(id.str())}},
         {{"notifications", optional_text(text)}});
  revoke(id);
}

void Accounts::set_phone(const AccountId& id, std::string_view e164) {
  update(tx_, Account::table, {{"id", Test::is, Value::of_text(id.str())}}, {{"phone", optional_text(e164)}});
  revoke(id);
}

void Accounts::set_time_zone(const AccountId& id, std::string_view name) {
  update(tx_, Account::table, {{"id", Test::is, Value::of_text(id.str())}},
         {{"time_zone", optional_text(name)}});
  revoke(id);
}

void Accounts::set_avatar(const AccountId& id, std::string_view version) {
  update(tx_, Account::table, {{"id", Test::is, Value::of_text(id.str())}},
         {{"avatar", optional_text(version)}});
  revoke(id);
}

void Accounts::set_password(const AccountId& id, std::string_view sealed, Time now, bool must_change) {
  update(tx_, Account::table, {{"id", Test::is, Value::of_text(id.str())}},
         {{"password", Value::of_bytes(sealed)},
          {"password_changed_at", Value::of_time(now)},
          {"must_change_password", Value::of_flag(must_change)}});
  revoke(id);
}

void Accounts::replace_password_hash(const AccountId& id, std::string_view sealed) {
  update(tx_, Account::table, {{"id", Test::is, Value::of_text(id.str())}},
         {{"password", Value::of_bytes(sealed)}});
}

void Accounts::clear_password(const AccountId& id, Time now) {
  update(tx_, Account::table, {{"id", Test::is, Value::of_text(id.str())}},
         {{"password", Value{}},
          {"password_changed_at", Value::of_time(now)},
          {"must_change_password", Value::of_flag(false)}});
  revoke(id);
}

void Accounts::set_status(const AccountId& id, Account::Status status) {
  update(tx_, Account::table, {{"id", Test::is, Value::of_text(id.str())}},
         {{"disabled", Value::of_flag(status == Account::Status::disabled)}});
  revoke(id);
}

bool Accounts::remove(const AccountId& id) {
  revoke(id);
  return records::remove(tx_, Account::table, {{"id", Test::is, Value::of_text(id.str())}}) != 0;
}

void Accounts::revoke(const AccountId& id) { tx_.revoke_shard(Epochs::account_shard(id.str())); }

}  // namespace doorward::records
