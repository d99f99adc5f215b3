#include "records/membership.hpp"

#include <algorithm>

#include "records/organization.hpp"

namespace doorward::records {
namespace {

constexpr Field fields[] = {{"id", Type::text},
                            {"organization", Type::text},
                            {"account", Type::text},
                            {"role", Type::text},
                            {"created_at", Type::time}};
constexpr Index indexes[] = {{"account", false}, {"organization,role", false}};

}  // namespace

const Table Membership::table{"membership", fields, indexes};

Membership Membership::read(std::span<const Value> row) {
  return {std::string(row[0].text), OrganizationId(std::string(row[1].text)),
          AccountId(std::string(row[2].text)), std::string(row[3].text), row[4].time()};
}

void Memberships::grant(const OrganizationId& organization, const AccountId& account, std::string_view role,
                        Time now) {
  const std::string id = organization.str() + "/" + account.str() + "/" + std::string(role);
  const Cell cells[] = {
      {"id", Value::of_text(id)},
      {"organization", Value::of_text(organization.str())},
      {"account", Value::of_text(account.str())},
      {"role", Value::of_text(role)},
      {"created_at", Value::of_time(now)},
  };
  tx_.store().insert(Membership::table.name, cells);  // held already: nothing to do
  tx_.revoke_shard(Epochs::account_shard(account.str()));
}

std::vector<Membership> Memberships::of_account(const AccountId& account) {
  return find_all<Membership>(tx_, {{"account", Test::is, Value::of_text(account.str())}});
}

std::vector<Membership> Memberships::holders(const OrganizationId& organization, std::string_view role) {
  return find_all<Membership>(tx_, {{"organization", Test::is, Value::of_text(organization.str())},
                                    {"role", Test::is, Value::of_text(role)}});
}

void Memberships::remove_of(const AccountId& account) {
  remove(tx_, Membership::table, {{"account", Test::is, Value::of_text(account.str())}});
  tx_.revoke_shard(Epochs::account_shard(account.str()));
}

std::string Memberships::site_roles(const AccountId& account) {
  std::vector<std::string> roles;
  for (Membership& membership : of_account(account)) {
    if (membership.organization == Organizations::site()) roles.push_back(std::move(membership.role));
  }
  std::sort(roles.begin(), roles.end());
  std::string joined;
  for (const std::string& role : roles) joined += (joined.empty() ? "" : ",") + role;
  return joined;
}

bool Memberships::is_site_administrator(const AccountId& account) {
  const auto memberships = of_account(account);
  return std::any_of(memberships.begin(), memberships.end(), [](const Membership& membership) {
    return membership.organization == Organizations::site() && membership.role == administrator_role;
  });
}

}  // namespace doorward::records
