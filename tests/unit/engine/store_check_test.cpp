// One fault after another planted in a store in which all is well.
#include <algorithm>

#include "checked_store.hpp"

namespace doorward::engine {
namespace {

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
