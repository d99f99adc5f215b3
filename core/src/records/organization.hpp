// Organizations. One exists from the start and stands for the site itself: who administers it administers the site.
#pragma once
#include <string>

#include "base/ids.hpp"
#include "records/database.hpp"

namespace doorward::records {

struct Organization {
  OrganizationId id;
  std::string name;
  Time created_at;

  static const Table table;
  static Organization read(std::span<const Value> row);
};

class Organizations {
 public:
  static const OrganizationId& site();  // "site"

  explicit Organizations(Transaction& tx) : tx_(tx) {}
  bool insert(const Organization& organization);  // false: it exists
  std::optional<Organization> by_id(const OrganizationId& id);

 private:
  Transaction& tx_;
};

}  // namespace doorward::records
