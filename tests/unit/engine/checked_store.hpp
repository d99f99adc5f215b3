// A store in which all is well: a row of every table. Anything can be made of it.
#pragma once
#include <deque>

#include "engine/invariants.hpp"
#include "engine/store_check.hpp"
#include "engine_store.hpp"
#include "records/account.hpp"
#include "records/audit_checkpoint.hpp"
#include "records/avatar.hpp"
#include "records/email.hpp"
#include "records/factor.hpp"
#include "records/maintenance.hpp"
#include "records/membership.hpp"
#include "records/organization.hpp"
#include "records/outbox_message.hpp"
#include "records/recovery_code.hpp"
#include "records/rows.hpp"
#include "records/session.hpp"
#include "records/token.hpp"
#include "records/trusted_browser.hpp"
#include "signin/passwords.hpp"

namespace doorward::engine {

using records::Table;

// Tables in which a store lets everything happen that an index or a required field would refuse.
class LooseSchema {
 public:
  LooseSchema() {
    for (const Table& table : records::schema()) {
      auto& fields = fields_.emplace_back(table.fields.begin(), table.fields.end());
      for (std::size_t i = 1; i < fields.size(); ++i) fields[i].required = false;
      auto& indexes = indexes_.emplace_back(table.indexes.begin(), table.indexes.end());
      for (records::Index& index : indexes) index.unique = false;
      tables_.push_back({table.name, fields, indexes});
    }
  }
  std::span<const Table> tables() const { return tables_; }

 private:
  std::deque<std::vector<records::Field>> fields_;
  std::deque<std::vector<records::Index>> indexes_;
  std::vector<Table> tables_;
};

class CheckedStore : public EngineStore {
 protected:
  CheckedStore() : EngineStore("memory") {
    prepare(schema.tables());
    database->write([this](Transaction& tx) { fill(tx); });
  }

  void add_account(Transaction& tx, const std::string& id, const std::string& address) {
    records::Account account;
    account.id = AccountId(id);
    account.login_name = id;
    account.name = "Somebody";
    account.password = keys.seal("hash", signin::Passwords::context(account.id), random);
    account.created_at = morning;
    account.password_changed_at = morning;
    records::Accounts(tx).insert(account);
    records::Emails(tx).insert({EmailId("of " + id), account.id, address, address, morning, true, morning});
  }

  void fill(Transaction& tx) {
    add_account(tx, "ada", "ada@example.org");
    add_account(tx, "bob", "bob@example.org");
    records::Memberships(tx).grant(records::Organizations::site(), AccountId("ada"), "administrator",
                                   morning);
    records::Session session;
    session.hash = std::string(32, 'h');
    session.id = SessionId("session");
    session.account = AccountId("ada");
    session.created_at = session.authenticated_at = session.last_seen_at = morning;
    session.expires_at = morning + 24h;
    session.idle = 1h;
    records::Sessions(tx).insert(session);
    records::Tokens tokens(tx, keys);
    tokens.issue({"invitation",
                  records::TokenPurpose::invitation,
                  AccountId("bob"),
                  "bob@example.org",
                  {},
                  {},
                  morning + 1h},
                 morning);
    tokens.issue({"recovery", records::TokenPurpose::recovery, {}, "bob@example.org", {}, {}, morning + 1h},
                 morning);
    records::Factors(tx).insert({"factor", AccountId("ada"), records::Factor::Kind::totp,
                                 keys.seal("secret", records::Factor::context("factor"), random), 1, 0,
                                 morning});
    records::RecoveryCodes(tx).replace(AccountId("ada"), morning, random);
    records::TrustedBrowsers(tx).trust(AccountId("ada"), morning, random);
    records::update(tx, records::TrustedBrowser::table,
                    {{"account", records::Test::is, Value::of_text("ada")}},
                    {{"id", Value::of_text("browser")}});
    records::OutboxMessage message;
    message.id = OutboxId("letter");
    message.kind = "invitation";
    message.payload = "{}";
    message.created_at = message.next_at = morning;
    message.expires_at = morning + 1h;
    records::OutboxMessages(tx).insert(message);
    records::AuditEntry entry;
    entry.id = "entry";
    entry.at = morning;
    entry.action = "login";
    entry.outcome = "ok";
    records::AuditChains chains(tx, keys);
    chains.add(entry);
    records::AuditCheckpoints(tx, keys).add(random, {}, chains.ends(), morning);
    records::Avatars(tx).set({AccountId("ada"), "cafe", "image/webp", "RIFF", morning});
    records::Accounts(tx).set_avatar(AccountId("ada"), "cafe");
  }

  void change(const Table& table, const char* key, const char* field, const Value& value) {
    const char* by = table.fields.front().type == records::Type::bytes ? "id" : table.fields.front().name;
    database->maintain([&](Transaction& tx) {
      EXPECT_EQ(records::update(tx, table, {{by, records::Test::is, Value::of_text(key)}}, {{field, value}}),
                1)
          << field;
    });
  }
  // A copy of the first row under another key.
  void add_second(const Table& table, const char* second) {
    database->maintain([&](Transaction& tx) {
      std::vector<records::Cell> cells;
      const auto rows = records::next_rows(tx, table, nullptr);
      for (std::size_t i = 0; i < table.fields.size(); ++i)
        cells.push_back({table.fields[i].name, i == 0 ? Value::of_text(second) : rows.front().values()[i]});
      EXPECT_TRUE(tx.store().insert(table.name, cells));
    });
  }
  void remove(const Table& table, const char* key) {
    database->maintain([&](Transaction& tx) {
      EXPECT_EQ(
          records::remove(tx, table, {{table.fields.front().name, records::Test::is, Value::of_text(key)}}),
          1);
    });
  }
  // One line for each fault.
  std::string faults() {
    std::string lines;
    for (const auto& [table, id, what] : check_store(*database, keys, morning + 1h).faults)
      lines += (lines.empty() ? "" : "\n") + table + " " + id + ": " + what;
    return lines;
  }

  LooseSchema schema;
};

}  // namespace doorward::engine
