// One row: by which a store knows the key ring that belongs to it.
#pragma once
#include <optional>
#include <string>

#include "records/database.hpp"

namespace doorward::records {

struct Installation {
  std::string key_check;  // sealed with the site's keys; who can open it has them
  Time created_at;

  static const Table table;
  static Installation read(std::span<const Value> row);
};

class Installations {
 public:
  explicit Installations(Transaction& tx) : tx_(tx) {}
  bool insert(const Installation& installation);  // false: there is one
  std::optional<Installation> get();

 private:
  Transaction& tx_;
};

}  // namespace doorward::records
