#include "records/avatar.hpp"

namespace doorward::records {
namespace {

constexpr Field fields[] = {{"account", Type::text},
                            {"version", Type::text},
                            {"content_type", Type::text},
                            {"picture", Type::bytes},
                            {"changed_at", Type::time}};

}  // namespace

const Table Avatar::table{"avatar", fields, {}};

Avatar Avatar::read(std::span<const Value> row) {
  return {AccountId(std::string(row[0].text)), std::string(row[1].text), std::string(row[2].text),
          std::string(row[3].text), row[4].time()};
}

std::optional<Avatar> Avatars::of_account(const AccountId& account) {
  return find_one<Avatar>(tx_, {{"account", Test::is, Value::of_text(account.str())}});
}

void Avatars::set(const Avatar& avatar) {
  remove_of(avatar.account);
  const Cell cells[] = {
      {"account", Value::of_text(avatar.account.str())},     {"version", Value::of_text(avatar.version)},
      {"content_type", Value::of_text(avatar.content_type)}, {"picture", Value::of_bytes(avatar.picture)},
      {"changed_at", Value::of_time(avatar.changed_at)},
  };
  tx_.store().insert(Avatar::table.name, cells);
}

bool Avatars::remove_of(const AccountId& account) {
  return remove(tx_, Avatar::table, {{"account", Test::is, Value::of_text(account.str())}}) != 0;
}

}  // namespace doorward::records
