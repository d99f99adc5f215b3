// An audit in a real file of SQLite, and what anybody can do to it who may write to the store.
#pragma once
#include "engine/audit_lines.hpp"
#include "engine/audit_upkeep.hpp"
#include "engine_store.hpp"

namespace doorward::engine {

using records::AuditChain;
using records::AuditCheckpoint;
using records::AuditEntry;

class AuditTest : public EngineStore {
 protected:
  AuditTest() : EngineStore("sqlite") { prepare(); }

  // As a version left it that said nothing of the audit there.
  void found_by_an_older_version() {
    const std::string check = keys.seal("doorward", key_check_context, random);
    change(records::Installation::table, "site",
           {{"key_check", Value::of_bytes(check)}, {"last_checkpoint", Value{}}});
  }

  static AuditEntry entry(const std::string& id, Time at = morning) {
    return {id, at, "actor", AccountId("ada"), "login", "ok", "192.0.2.7", id, "details"};
  }
  void add(const std::string& id, Time at = morning) {
    database->write([&](Transaction& tx) { records::AuditChains(tx, keys).add(entry(id, at)); });
  }
  // "1-3" to "20-3" of chain 3: the last digit of an id is its chain.
  void fill(int count = 20, Time at = morning, const std::string& prefix = {}) {
    for (int i = 1; i <= count; ++i) add(prefix + std::to_string(i) + "-3", at);
  }
  void sign(Time now = morning) { AuditUpkeep(*database, keys, random, log).sign(now); }
  void remove_expired(Time now) {
    AuditUpkeep(*database, keys, random, log).remove_expired(now, retention, [] { return true; });
  }

  static constexpr std::chrono::seconds retention = 30 * 24h;

  AuditVerified verify(Time now = morning) { return verify_audit(*database, keys, {now, retention}); }
  std::string faults() {
    std::string lines;
    for (const auto& [where, what] : verify().faults)
      lines += (lines.empty() ? "" : "\n") + where + ": " + what;
    return lines;
  }

  // What anybody can do who may write to the store.
  void change(const records::Table& table, const std::string& key,
              std::initializer_list<records::Change> changes) {
    database->write([&](Transaction& tx) {
      EXPECT_EQ(records::update(tx, table, {{"id", records::Test::is, Value::of_text(key)}}, changes), 1)
          << key;
    });
  }
  void rename(const records::Table& table, const std::string& key, const std::string& to) {
    database->write([&](Transaction& tx) {
      const records::Match is_it{"id", records::Test::is, Value::of_text(key)};
      std::vector<records::KeptRow> rows;
      tx.store().find(table.name, std::span(&is_it, 1), nullptr,
                      [&](std::span<const Value> row) { rows.emplace_back(row); });
      ASSERT_EQ(rows.size(), 1U) << key;
      std::vector<Value> values(rows[0].values().begin(), rows[0].values().end());
      values[0] = Value::of_text(to);
      records::remove(tx, table, {is_it});
      EXPECT_TRUE(records::insert_row(tx, table, records::KeptRow(values)));
    });
  }
  void take_out(const records::Table& table, const std::string& key) {
    database->write([&](Transaction& tx) {
      EXPECT_EQ(records::remove(tx, table, {{"id", records::Test::is, Value::of_text(key)}}), 1) << key;
    });
  }
  AuditEntry found(const std::string& id) {
    return database->read([&](Transaction& tx) {
      return records::find_one<AuditEntry>(tx, {{"id", records::Test::is, Value::of_text(id)}}).value();
    });
  }
  void put_in(const std::string& id, const Value& chain, const Value& number, const Value& link,
              Time at = morning) {
    const records::Cell cells[] = {{"id", Value::of_text(id)},
                                   {"at", Value::of_time(at)},
                                   {"actor", Value{}},
                                   {"subject", Value{}},
                                   {"action", Value::of_text("login")},
                                   {"outcome", Value::of_text("ok")},
                                   {"address", Value::of_text("")},
                                   {"request", Value::of_text("")},
                                   {"details", Value::of_text("")},
                                   {"chain", chain},
                                   {"number", number},
                                   {"link", link}};
    database->write([&](Transaction& tx) { EXPECT_TRUE(tx.store().insert("audit_entry", cells)); });
  }
};

inline constexpr const char* changed =
    ": isn't what was written here, or doesn't follow the one before it (login at "
    "2027-01-04T08:00:00Z)";

}  // namespace doorward::engine
