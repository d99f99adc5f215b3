// One row: by which a store knows the key ring that belongs to it, and what must not get lost with the rows of other tables.
#pragma once
#include <optional>
#include <string>

#include "records/database.hpp"

namespace doorward::records {

struct Installation {
  std::string key_check;  // sealed with the site's keys; who can open it has them
  Time created_at;
  std::string last_checkpoint =
      {};  // of the audit, sealed: records/audit_note; empty: by a version that wrote none

  static const Table table;
  static Installation read(std::span<const Value> row);
};

class Installations {
 public:
  explicit Installations(Transaction& tx) : tx_(tx) {}
  bool insert(const Installation& installation);  // false: there is one
  std::optional<Installation> get();
  bool replace_key_check(const std::string& known,
                         const std::string& by);  // false: it isn't `known` any more
  void note_checkpoint(const std::string& sealed);

 private:
  Transaction& tx_;
};

}  // namespace doorward::records
