// What a row may be by itself and not beside others: of whom there has to be one, and one only.
#include "checked_store.hpp"

namespace doorward::engine {
namespace {

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

}  // namespace
}  // namespace doorward::engine
