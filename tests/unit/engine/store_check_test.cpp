// A store in which all is well, and one fault after another planted in it.
#include "engine/store_check.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

#include "engine/founding.hpp"
#include "engine/invariants.hpp"
#include "fixed.hpp"
#include "folder.hpp"
#include "plugin_host/storage_client.hpp"
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
#include "records/schema.hpp"
#include "records/session.hpp"
#include "records/trusted_browser.hpp"
#include "signin/passwords.hpp"

namespace doorward::engine {
namespace {

using namespace std::chrono_literals;
using records::Table;

using records::Transaction;
using records::Value;
using test::morning;

class Silence final : public Log {
 public:
  void write(Level, std::string_view) override {}
};

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

class CheckedStore : public ::testing::Test {
 protected:
  CheckedStore() {
    settings::PluginEntry entry;
    entry.name = "memory";
    store = plugin_host::make_storage(entry, DOORWARD_PLUGIN_DIR, log, clock);
    store->start();
    database = std::make_unique<records::Database>(*store, epochs);
    database->prepare(schema.tables());
    found(*database, {"Site", folder / "key_ring", keys, random}, morning);
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

  Silence log;
  SystemClock clock;
  test::SeededRandom random;
  test::Folder folder;
  crypto::KeyRing keys = crypto::KeyRing::open(folder / "key_ring", random);
  records::Epochs epochs{folder / "epochs"};
  LooseSchema schema;
  std::unique_ptr<plugin_host::StorageClient> store;
  std::unique_ptr<records::Database> database;
};

const Value later = Value::of_time(morning + 48h);

TEST_F(CheckedStore, IsCountedAndFoundWell) {
  const StoreChecked checked = check_store(*database, keys, morning + 1h);
  EXPECT_EQ(faults(), "");
  std::string counts;
  for (const auto& [table, rows] : checked.tables) counts += table + " " + std::to_string(rows) + ", ";
  EXPECT_EQ(counts,
            "installation 1, account 2, email 2, session 1, token 2, organization 1, membership 1, "
            "outbox_message 1, "
            "audit_entry 1, audit_chain 1, audit_checkpoint 1, maintenance 0, factor 1, recovery_code 10, "
            "trusted_browser 1, avatar 1, ");
}

TEST_F(CheckedStore, LooksAtEveryTable) {
  std::vector<std::string> looked_at, declared;
  for (const Invariants& noun : all_invariants()) looked_at.emplace_back(noun.table.name);
  for (const Table& table : records::schema()) declared.emplace_back(table.name);
  std::sort(looked_at.begin(), looked_at.end());
  std::sort(declared.begin(), declared.end());
  EXPECT_EQ(looked_at, declared);
}

TEST_F(CheckedStore, LooksBeyondTheFirstPiece) {
  database->write([this](Transaction& tx) {
    for (int i = 0; i < 1001; ++i)
      add_account(tx, "z" + std::to_string(1000 + i), "z" + std::to_string(i) + "@example.org");
  });
  EXPECT_EQ(faults(), "");
  change(records::Account::table, "z2000", "password", Value::of_bytes("torn"));
  EXPECT_EQ(faults(), "account z2000: has a password that this key ring doesn't open");
}

struct PlantedValue {
  const Table& table;
  const char* key;
  const char* field;
  Value value;
  const char* expected;  // after "table key: "
};

TEST_F(CheckedStore, HasEveryFaultNamed) {
  const Table &account = records::Account::table, &email = records::Email::table,
              &session = records::Session::table, &token = records::Token::table,
              &organization = records::Organization::table, &membership = records::Membership::table,
              &letter = records::OutboxMessage::table, &entry = records::AuditEntry::table,
              &chain = records::AuditChain::table, &checkpoint = records::AuditCheckpoint::table,
              &installation = records::Installation::table, &factor = records::Factor::table,
              &recovery = records::RecoveryCode::table, &trusted = records::TrustedBrowser::table,
              &avatar = records::Avatar::table;
  const char* orphan = "belongs to an account that doesn't exist";
  const Value nobody = Value::of_text("nobody"), none{}, empty = Value::of_text("");
  const PlantedValue planted[] = {
      {account, "ada", "name", none, "name has no value of its type"},
      {account, "ada", "name", Value::of_text("\xff"), "name isn't UTF-8"},
      {account, "ada", "login_key", Value::of_text("eve"), "has a login name whose key isn't its own"},
      {account, "ada", "password", Value::of_bytes("torn"), "has a password that this key ring doesn't open"},
      {account, "ada", "password_changed_at", none, "has a password of no time"},
      {account, "ada", "password_changed_at", Value::of_time(morning - 1h),
       "has a password that is older than the account"},
      {account, "ada", "created_at", later, "was made in the future"},
      {email, "of bob", "account", nobody, orphan},
      {email, "of ada", "key", Value::of_text("Ada@example.org"), "isn't an address in its canonical form"},
      {email, "of ada", "address", Value::of_text("no address"), "isn't an address in its canonical form"},
      {email, "of ada", "owner_key", none, "is owned without being verified, or the other way round"},
      {email, "of ada", "verified_at", none, "is owned without being verified, or the other way round"},
      {email, "of ada", "owner_key", Value::of_text("eve@example.org"), "owns another address than its own"},
      {email, "of ada", "verified_at", Value::of_time(morning - 1h), "was verified before it was made"},
      {session, "session", "account", nobody, orphan},
      {session, "session", "last_seen_at", later, "has times that aren't in order"},
      {session, "session", "authenticated_at", Value::of_time(morning - 1h),
       "has times that aren't in order"},
      {session, "session", "authenticated_at", later, "was begun in the future"},
      {session, "session", "idle_seconds", Value::of_number(0), "may be idle for no time"},
      {token, "invitation", "account", nobody, orphan},
      {token, "invitation", "account", none, orphan},
      {token, "invitation", "purpose", Value::of_text("nonsense"), "a token of an unknown purpose: nonsense"},
      {token, "invitation", "key_id", Value::of_text("gone"), "isn't derived from this key ring"},
      {token, "invitation", "payload", Value::of_bytes("x"),
       "holds something that this key ring doesn't open"},
      {token, "recovery", "payload", Value::of_bytes("x"), "holds something that this key ring doesn't open"},
      {token, "recovery", "purpose", Value::of_text("signup"),
       "holds something that this key ring doesn't open"},
      {token, "recovery", "purpose", Value::of_text("email_confirm"),
       "holds something that this key ring doesn't open"},
      {token, "recovery", "purpose", Value::of_text("email_undo"), orphan},
      {token, "recovery", "code_attempts", Value::of_number(6), "has a wrong number of tries"},
      {token, "recovery", "expires_at", Value::of_time(morning - 1h), "ended before it began"},
      {organization, "site", "name", empty, "has no name"},
      {membership, "site/ada/administrator", "account", Value::of_text("bob"),
       "has an id that isn't made of what it joins"},
      {letter, "letter", "lease_holder", Value::of_text("host/1#1"),
       "is leased to nobody, or held without a lease"},
      {letter, "letter", "state", Value::of_text("dead"), "is dead without a reason"},
      {letter, "letter", "state", Value::of_text("lost"), "an outbox message of an unknown state: lost"},
      {letter, "letter", "attempts", Value::of_number(-1), "has a wrong number of tries"},
      {letter, "letter", "expires_at", Value::of_time(morning - 1h), "ended before it began"},
      {letter, "letter", "payload", Value::of_text("{"), "holds what no letter can be made of"},
      {entry, "entry", "outcome", empty, "says neither what happened nor how it ended"},
      {entry, "entry", "at", later, "is of the future"},
      {entry, "entry", "link", none, "stands half in a chain"},
      {entry, "entry", "chain", Value::of_number(16), "stands in a chain that there isn't"},
      {chain, "15", "number", Value::of_number(0), "is a chain of nothing"},
      {checkpoint, "000000000001", "at", later, "is of the future"},
      {checkpoint, "000000000001", "records", Value::of_number(2), "isn't signed by this key ring"},
      {factor, "factor", "account", nobody, orphan},
      {factor, "factor", "kind", Value::of_text("nonsense"), "a factor of an unknown kind: nonsense"},
      {factor, "factor", "secret", Value::of_bytes("torn"), "has a secret that this key ring doesn't open"},
      {factor, "factor", "only", Value::of_text("bob/totp"), "isn't its account's only one of its kind"},
      {factor, "factor", "last_step", Value::of_number(0), "was never shown to work"},
      {factor, "factor", "created_at", later, "was made in the future"},
      {recovery, "ada/3", "account", nobody, orphan},
      {recovery, "ada/3", "account", Value::of_text("bob"), "has an id that isn't its account's"},
      {recovery, "ada/3", "account", Value::of_text("bob"), "is of an account without a factor"},
      {recovery, "ada/3", "hash", Value::of_bytes("short"), "has no digest of a code"},
      {trusted, "browser", "account", nobody, orphan},
      {trusted, "browser", "expires_at", Value::of_time(morning - 1h),
       "is trusted for another time than thirty days"},
      {trusted, "browser", "expires_at", Value::of_time(morning + 24h * 31),
       "is trusted for another time than thirty days"},
      {account, "bob", "avatar", Value::of_text("cafe"), "has a picture that isn't there"},
      {avatar, "ada", "version", Value::of_text("beef"), "isn't the version that its account has"},
      {avatar, "ada", "picture", Value::of_bytes(""), "is a picture of no bytes"},
      {installation, "site", "key_check", Value::of_bytes("torn"), "isn't sealed with this key ring"},
      {installation, "site", "last_checkpoint", Value{},
       "doesn't say any more which checkpoint of the audit was signed last"},
  };
  for (const PlantedValue& fault : planted) {
    std::optional<records::KeptRow> before;
    const char* by =
        fault.table.fields.front().type == records::Type::bytes ? "id" : fault.table.fields.front().name;
    database->read([&](Transaction& tx) {
      const records::Match match{by, records::Test::is, Value::of_text(fault.key)};
      tx.store().find(fault.table.name, std::span(&match, 1), nullptr,
                      [&](std::span<const Value> row) { before.emplace(row); });
    });
    ASSERT_TRUE(before) << fault.key;
    change(fault.table, fault.key, fault.field, fault.value);
    const std::string expected = std::string(fault.table.name) + " " + fault.key + ": " + fault.expected;
    EXPECT_NE(("\n" + faults() + "\n").find("\n" + expected + "\n"), std::string::npos)
        << expected << ", found:\n"
        << faults();
    for (std::size_t i = 0; i < fault.table.fields.size(); ++i)
      if (fault.field == std::string_view(fault.table.fields[i].name))
        change(fault.table, fault.key, fault.field, before->values()[i]);
    ASSERT_EQ(faults(), "") << "not put back: " << expected;
  }
}

TEST_F(CheckedStore, HasOneOfEachUniqueValue) {
  change(records::Account::table, "bob", "login_name", Value::of_text("ADA"));
  change(records::Account::table, "bob", "login_key", Value::of_text("ada"));
  EXPECT_EQ(faults(),
            "account ada: has a login name that another account has, too\n"
            "account bob: has a login name that another account has, too");
  change(records::Account::table, "bob", "login_name", Value::of_text("bob"));
  change(records::Account::table, "bob", "login_key", Value::of_text("bob"));
  for (const char* field : {"address", "key", "owner_key"})
    change(records::Email::table, "of bob", field, Value::of_text("ada@example.org"));
  EXPECT_EQ(faults(),
            "email of ada: is an address that another account owns, too\n"
            "email of bob: is an address that another account owns, too");
}

TEST_F(CheckedStore, HasOneFactorOfAKindForEachAccount) {
  database->write([&](Transaction& tx) {
    records::Factors(tx).insert({"second", AccountId("ada"), records::Factor::Kind::totp,
                                 keys.seal("secret", records::Factor::context("second"), random), 1, 0,
                                 morning});
  });
  EXPECT_EQ(faults(),
            "factor factor: is one of several of its kind\n"
            "factor second: is one of several of its kind");
}

TEST_F(CheckedStore, HasNoSecondTokenOfAnId) {
  database->write([&](Transaction& tx) {
    records::update(tx, records::Token::table, {{"id", records::Test::is, Value::of_text("invitation")}},
                    {{"id", Value::of_text("recovery")}});
  });
  EXPECT_NE(faults().find("token recovery: has an id that another token has, too"), std::string::npos)
      << faults();
  EXPECT_NE(faults().find("token recovery: isn't derived from this key ring"), std::string::npos) << faults();
}

TEST_F(CheckedStore, HasOnePrimaryAddressForEachAccount) {
  change(records::Email::table, "of bob", "account", Value::of_text("ada"));
  EXPECT_EQ(faults(), "account ada: has several primary addresses\naccount bob: has no address");
  change(records::Email::table, "of bob", "account", Value::of_text("bob"));
  change(records::Email::table, "of bob", "is_primary", Value::of_flag(false));
  EXPECT_EQ(faults(), "account bob: has no primary address");
}

TEST_F(CheckedStore, HasNoFurtherAddressThatNobodyHasConfirmed) {
  database->write([&](Transaction& tx) {
    records::Emails(tx).insert(
        {EmailId("more"), AccountId("ada"), "eve@example.org", "eve@example.org", {}, false, morning});
  });
  EXPECT_EQ(faults(), "email more: is neither verified nor the account's first one");
}

TEST_F(CheckedStore, HasOneRowOfItsInstallationAndOfItsMaintenance) {
  add_second(records::Installation::table, "other");
  database->maintain([](Transaction& tx) {
    records::Maintenances(tx).set({records::Maintenance::State::arrived, "copy", morning});
  });
  add_second(records::Maintenance::table, "other");
  EXPECT_NE(faults().find("installation other: is a second installation"), std::string::npos) << faults();
  EXPECT_NE(faults().find("maintenance other: is a second one"), std::string::npos) << faults();
}

TEST_F(CheckedStore, HasWholeDigestsMembersThatExistAndLettersDueAtTheEndOfTheirLease) {
  database->write([](Transaction& tx) {
    records::Session session;
    session.hash = "short";
    session.id = SessionId("torn");
    session.account = AccountId("ada");
    session.created_at = session.authenticated_at = session.last_seen_at = session.expires_at = morning;
    session.idle = 1h;
    records::Sessions(tx).insert(session);
    records::Memberships(tx).grant(records::Organizations::site(), AccountId("nobody"), "guest", morning);
  });
  EXPECT_EQ(faults(),
            "session torn: has no digest of a token as its key\n"
            "membership site/nobody/guest: belongs to an account that doesn't exist");
  change(records::OutboxMessage::table, "letter", "lease_holder", Value::of_text("host/1#1"));
  change(records::OutboxMessage::table, "letter", "lease_until", Value::of_time(morning + 1h));
  EXPECT_NE(faults().find("outbox_message letter: is leased, but not due at the lease's end"),
            std::string::npos)
      << faults();
}

TEST_F(CheckedStore, HasPicturesOfAccountsThatExist) {
  add_second(records::Avatar::table, "nobody");
  EXPECT_EQ(faults(), "avatar nobody: belongs to an account that doesn't exist");
}

TEST_F(CheckedStore, HasItsInstallationAndTheSite) {
  remove(records::Installation::table, "site");
  remove(records::Organization::table, "site");
  EXPECT_EQ(faults(),
            "installation site: is missing\norganization site: is missing\n"
            "membership site/ada/administrator: belongs to an organization that doesn't exist");
}

TEST_F(CheckedStore, HasSealedValuesOfItsOwnKeyRingAlone) {
  const test::Folder elsewhere;
  const auto others = crypto::KeyRing::open(elsewhere / "key_ring", random);
  std::size_t found = 0;
  for (const auto& fault : check_store(*database, others, morning + 1h).faults)
    found += fault.what.find("key ring") != std::string::npos;
  EXPECT_EQ(found, 7U) << "the installation, two passwords, two tokens, a checkpoint, a second factor";
}

TEST_F(CheckedStore, TellsNoSecret) {
  change(records::Session::table, "session", "account", Value::of_text("nobody"));
  EXPECT_EQ(faults().find("hhhh"), std::string::npos) << "the digest of a session's token";
}

TEST_F(CheckedStore, MayBeClosed) {
  database->maintain([](Transaction& tx) {
    records::Maintenances(tx).set({records::Maintenance::State::leaving, "copy", morning});
  });
  EXPECT_EQ(faults(), "");
  change(records::Maintenance::table, "site", "state", Value::of_text("resting"));
  EXPECT_EQ(faults(), "maintenance site: a store in an unknown state of maintenance: resting");
}

}  // namespace
}  // namespace doorward::engine
