// What needs a key of the ring is counted and sealed anew, and nothing is forgotten.
#include "engine/sealed_values.hpp"

#include <set>

#include "base/errors.hpp"
#include "engine_store.hpp"
#include "records/account.hpp"
#include "records/token.hpp"
#include "signin/passwords.hpp"

namespace doorward::engine {
namespace {

class SealedValues : public EngineStore {
 protected:
  SealedValues() : EngineStore("memory") { prepare(); }

  void add_accounts(int from, int to) {
    database->write([&](Transaction& tx) {
      for (int i = from; i < to; ++i) {
        records::Account account;
        account.id = AccountId("a" + std::to_string(100'000 + i));
        account.name = "Somebody";
        account.password = keys.seal("hash", signin::Passwords::context(account.id), random);
        account.created_at = morning;
        records::Accounts(tx).insert(account);
      }
    });
  }
  records::Account account(int i) {
    return *database->read([&](Transaction& tx) {
      return records::Accounts(tx).by_id(AccountId("a" + std::to_string(100'000 + i)));
    });
  }
  bool opens(const records::Account& account) {
    return keys.open_sealed(account.password, signin::Passwords::context(account.id)) == "hash";
  }
  void issue(const char* id, Time ends) {
    database->write([&](Transaction& tx) {
      records::Tokens(tx, keys).issue(
          {id, records::TokenPurpose::recovery, {}, "a@example.org", {}, keys.seal("x", "y", random), ends},
          morning);
    });
  }
  std::string rotate(const std::string& id) {
    crypto::change_key_ring(
        ring, [&](auto& all) { all.insert(all.begin(), {id, crypto::Secret(random.bytes(32))}); });
    keys.refresh();
    return id;
  }
  KeyUse uses(const std::string& id) { return key_uses(*database, keys, morning)[id]; }

  const std::string first = keys.current();
};

// A field of bytes is sealed, and then known to sealed_columns(); or it is one of these, and then says why it needs no key.
TEST_F(SealedValues, AreAllKnown) {
  const std::set<std::string> digests = {"session.hash", "token.hash", "token.binding", "recovery_code.hash",
                                         "trusted_browser.hash"};
  const std::set<std::string> open = {"avatar.picture"};
  const std::set<std::string> linked = {"audit_entry.link", "audit_checkpoint.key",
                                        "audit_checkpoint.removal_key"};
  std::set<std::string> known;
  for (const SealedColumn& column : sealed_columns()) known.insert(column.name());
  std::size_t looked_at = 0;
  for (const records::Table& table : records::schema()) {
    for (const records::Field& field : table.fields) {
      const std::string name = std::string(table.name) + "." + field.name;
      const bool names_a_key = std::string_view(field.name).starts_with("key_") || linked.contains(name);
      if (field.type != records::Type::bytes && !names_a_key) continue;
      ++looked_at;
      EXPECT_NE(known.contains(name), digests.contains(name) || open.contains(name)) << name;
    }
  }
  EXPECT_EQ(looked_at, known.size() + digests.size() + open.size()) << "one of them is of no table";
}

TEST_F(SealedValues, AreCountedByTheirKey) {
  add_accounts(0, 3);
  issue("link", morning + 1h);
  issue("over", morning);
  const std::string second = rotate("second");
  add_accounts(3, 5);
  EXPECT_EQ(uses(first), (KeyUse{{"account.password", 3},
                                 {"installation.key_check", 1},
                                 {"installation.last_checkpoint", 1},
                                 {"token.key_id", 1},
                                 {"token.payload", 1}}));
  EXPECT_EQ(uses(second), (KeyUse{{"account.password", 2}}));
  crypto::change_key_ring(ring, [](auto& all) { all.pop_back(); });
  keys.refresh();
  EXPECT_EQ(uses(first)["account.password"], 3U) << "a key that is missed is named";
}

TEST_F(SealedValues, AreSealedAnewAndStillOpen) {
  add_accounts(0, 1203);
  issue("link", morning + 1h);
  const std::string second = rotate("second");
  std::uint64_t told = 0;
  const Resealed done = reseal(*database, keys, random, [&](std::uint64_t values) { told = values; });
  EXPECT_EQ(done.values, 1205U) << "and the two of the installation";
  EXPECT_TRUE(done.unreadable.empty());
  EXPECT_EQ(uses(first), (KeyUse{{"token.key_id", 1}, {"token.payload", 1}})) << "links end by themselves";
  for (const int i : {0, 499, 500, 1202}) EXPECT_TRUE(opens(account(i))) << i;
  EXPECT_EQ(reseal(*database, keys, random).values, 0U);
  crypto::change_key_ring(ring, [](auto& all) { all.pop_back(); });
  keys.refresh();
  EXPECT_TRUE(opens(account(7)));
  EXPECT_NO_THROW(found(*database, {"Site", ring, keys, random}, morning))
      << "the installation knows its ring";
}

TEST_F(SealedValues, OfAStoreAreNotOpenedByAnothersRing) {
  const auto others = crypto::KeyRing::open(folder / "others", random);
  EXPECT_THROW(found(*database, {"Site", folder / "others", others, random}, morning), BadSettings);
}

// A key ring is made where must_be_new() has nothing to say.
TEST_F(SealedValues, OfAFoundedStoreNeedTheRingThatItHas) {
  EXPECT_THROW(must_be_new(*database, folder / "missing"), BadSettings);
  EXPECT_NO_THROW(must_be_new(*database, ring)) << "another first start has made it, and founded the store";
}

TEST_F(SealedValues, ThatAreDamagedAreNamedAndLeft) {
  add_accounts(0, 2);
  const std::string others = account(0).password;
  database->write(
      [&](Transaction& tx) { records::Accounts(tx).replace_password_hash(AccountId("a100001"), others); });
  rotate("second");
  const Resealed done = reseal(*database, keys, random);
  EXPECT_EQ(done.unreadable, std::vector<std::string>{"account a100001"});
  EXPECT_TRUE(opens(account(0)));
  EXPECT_EQ(uses(first), (KeyUse{{"account.password", 1}}));
}

TEST_F(SealedValues, KeepWhatSomebodyChangesMeanwhile) {
  add_accounts(0, 501);
  rotate("second");
  // A person changes the password when it has been read, and the new value is about to be sealed.
  const std::string theirs = keys.seal("theirs", signin::Passwords::context(account(0).id), random);
  bool changed = false;
  class Meddling final : public Random {
   public:
    Meddling(Random& random, std::function<void()> once) : random_(random), once_(std::move(once)) {}
    void fill(std::span<std::byte> out) override {
      if (++fills_ == 3) once_();  // the first two are the installation's
      random_.fill(out);
    }

   private:
    Random& random_;
    std::function<void()> once_;
    int fills_ = 0;
  } meddling(random, [&] {
    changed = true;
    database->write([&](Transaction& tx) {
      records::Accounts(tx).set_password(AccountId("a100000"), theirs, morning, false);
    });
  });
  reseal(*database, keys, meddling);
  ASSERT_TRUE(changed);
  EXPECT_EQ(account(0).password, theirs);
}

}  // namespace
}  // namespace doorward::engine
