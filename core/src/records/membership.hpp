// What an account is to an organization: one row for each role. Roles of the organization "site" are the site's roles.
#pragma once
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "records/database.hpp"

namespace doorward::records {

inline constexpr std::string_view administrator_role = "administrator";

struct Membership {
  std::string id;  // "<organization>/<account>/<role>": so there is at most one
  OrganizationId organization;
  AccountId account;
  std::string role;
  Time created_at;

  static const Table table;
  static Membership read(std::span<const Value> row);
};

class Memberships {
 public:
  explicit Memberships(Transaction& tx) : tx_(tx) {}

  void grant(const OrganizationId& organization, const AccountId& account, std::string_view role, Time now);
  std::vector<Membership> of_account(const AccountId& account);
  std::vector<Membership> holders(const OrganizationId& organization, std::string_view role);
  void remove_of(const AccountId& account);

  std::string site_roles(const AccountId& account);  // sorted, separated by commas
  bool is_site_administrator(const AccountId& account);

 private:
  Transaction& tx_;
};

}  // namespace doorward::records
