// The one place that issues sessions: who may come in, by which way, for how long (SECURITY T031, T037, T207).
#include "signin/gate.hpp"

#include <gtest/gtest.h>

#include "memory_database.hpp"
#include "records/email.hpp"
#include "records/factor.hpp"
#include "records/membership.hpp"
#include "records/organization.hpp"
#include "records/trusted_browser.hpp"
#include "signin/recognize.hpp"

namespace doorward::signin {
namespace {

using namespace std::chrono_literals;
using records::Transaction;
using test::morning;

class Sessions : public ::testing::Test {
 protected:
  Sessions() {
    records::Account account;
    account.id = ada;
    account.name = "Ada";
    account.created_at = morning;
    memory.database->write([&](Transaction& tx) {
      records::Accounts(tx).insert(account);
      records::Emails(tx).insert(
          {EmailId("e"), ada, "ada@example.org", "ada@example.org", morning, true, morning});
    });
  }
  // The proof of a sign-up in this browser: the way to evidence that needs no password.
  static Evidence evidence(const AccountId& account) {
    records::Token taken;
    taken.purpose = records::TokenPurpose::signup;
    taken.binding = "this browser";
    return *Evidence::of_signup(taken, "this browser", account);
  }
  Result<IssuedSession> issue(const Way& way = {}, Time now = morning,
                              const AccountId& account = AccountId("ada")) {
    return memory.database->write(
        [&](Transaction& tx) { return issue_session(tx, evidence(account), way, policy, now, random); });
  }
  std::string refusal(const Way& way = {}, const AccountId& account = AccountId("ada")) {
    const auto issued = issue(way, morning, account);
    return issued ? "" : issued.error().code;
  }
  bool recognized(const std::string& token, Time now) {
    return memory.database->read([&](Transaction& tx) { return recognize(tx, token, now).has_value(); });
  }
  static Way way(bool remember, bool backup) {
    Way way;
    way.remember = remember;
    way.backup = backup;
    return way;
  }
  template <class Work>
  void change(Work work) {
    memory.database->write([&](Transaction& tx) { work(tx); });
  }
  const AccountId ada{"ada"};
  test::MemoryDatabase memory;
  test::SeededRandom random;
  settings::Settings::Session policy;
};

TEST_F(Sessions, AreIssuedAndRecognized) {
  const auto issued = issue();
  ASSERT_TRUE(issued);
  EXPECT_EQ(issued->lifetime(morning), policy.lifetime);
  EXPECT_EQ(issued->session().methods, "pwd");
  const auto who =
      memory.database->read([&](Transaction& tx) { return recognize(tx, issued->token(), morning); });
  ASSERT_TRUE(who);
  EXPECT_EQ(who->account.id, ada);
  EXPECT_EQ(who->email, "ada@example.org");
  EXPECT_NE(issued->session().hash, issued->token());
  EXPECT_FALSE(recognized(crypto::base64url(issued->session().hash), morning))
      << "what the store holds opens nothing";
}

TEST_F(Sessions, EndByIdlingAndByAge) {
  const std::string token = issue()->token();
  EXPECT_TRUE(recognized(token, morning + 1h - 1us));
  EXPECT_FALSE(recognized(token, morning + 1h));
  const std::string kept = issue(way(true, false))->token();
  EXPECT_TRUE(recognized(kept, morning + 24h * 14 - 1us));
  EXPECT_FALSE(recognized(kept, morning + 24h * 14));
}

TEST_F(Sessions, AreNotForAccountsThatMayNotComeIn) {
  EXPECT_EQ(refusal({}, AccountId("nobody")), "invalid_credentials");
  change([&](Transaction& tx) { records::Accounts(tx).set_status(ada, records::Account::Status::disabled); });
  EXPECT_EQ(refusal(), "invalid_credentials");
  change([&](Transaction& tx) { records::Accounts(tx).set_status(ada, records::Account::Status::active); });
  EXPECT_EQ(refusal(), "");
  change([&](Transaction& tx) { records::Accounts(tx).set_password(ada, "sealed", morning, true); });
  EXPECT_EQ(refusal(), "password_change_required");
  change([&](Transaction& tx) {
    records::Emails(tx).remove_of(ada);
    records::Emails(tx).insert(
        {EmailId("e2"), ada, "ada@example.org", "ada@example.org", std::nullopt, true, morning});
  });
  EXPECT_EQ(refusal(), "invalid_credentials") << "an address nobody has shown to be theirs";
}

TEST_F(Sessions, OfDisabledAccountsAreNotRecognized) {
  const std::string token = issue()->token();
  change([&](Transaction& tx) { records::Accounts(tx).set_status(ada, records::Account::Status::disabled); });
  EXPECT_FALSE(recognized(token, morning));
}

TEST_F(Sessions, ByTheBackupWayAreForAdministratorsAndShort) {
  EXPECT_EQ(refusal(way(false, true)), "not_administrator");
  change([&](Transaction& tx) {
    records::Memberships(tx).grant(OrganizationId("elsewhere"), ada, records::administrator_role, morning);
  });
  EXPECT_EQ(refusal(way(false, true)), "not_administrator") << "of another organization";
  change([&](Transaction& tx) {
    records::Memberships(tx).grant(records::Organizations::site(), ada, records::administrator_role, morning);
  });
  const auto issued = issue(way(true, true));
  ASSERT_TRUE(issued);
  EXPECT_EQ(issued->lifetime(morning), policy.backup_lifetime) << "also where it is to be remembered";
}

TEST_F(Sessions, WantTheSecondFactorOfWhoHasOne) {  // SECURITY T133
  change([&](Transaction& tx) {
    records::Memberships(tx).grant(records::Organizations::site(), ada, records::administrator_role, morning);
    records::Factors(tx).insert({"factor", ada, records::Factor::Kind::totp, "sealed", 1, 0, morning});
  });
  EXPECT_EQ(refusal(), "second_factor_required");
  change([&](Transaction& tx) { records::Accounts(tx).set_password(ada, "sealed", morning, true); });
  EXPECT_EQ(refusal(), "second_factor_required") << "before a temporary password may be changed";
  change([&](Transaction& tx) { records::Accounts(tx).set_password(ada, "sealed", morning, false); });
  Way trusted;
  change([&](Transaction& tx) {
    trusted.trust = records::TrustedBrowsers(tx).trust(ada, morning, random).text();
  });
  const auto issued = issue(trusted);
  ASSERT_TRUE(issued);
  EXPECT_EQ(issued->session().methods, "pwd") << "trust is no factor";
  EXPECT_TRUE(issue(trusted, morning + 24h * 30 - 1us));
  EXPECT_FALSE(issue(trusted, morning + 24h * 30));
  trusted.backup = true;
  EXPECT_EQ(refusal(trusted), "second_factor_required") << "at /backup-login nobody is trusted";
}

TEST_F(Sessions, ThatGoOnNeedTheOneThatIsThere) {
  auto first = issue();
  const auto account =
      memory.database->read([&](Transaction& tx) { return *records::Accounts(tx).by_id(ada); });
  const auto evidence = Evidence::of_session(first->session(), account);
  const auto renew = [&](const Way& way) {
    return memory.database
        ->write([&](Transaction& tx) {
          return issue_session(tx, evidence, way, policy, morning + 10min, random);
        })
        .has_value();
  };
  EXPECT_FALSE(renew({})) << "in another browser";
  Way renewed;
  renewed.replaces = &first->session();
  EXPECT_TRUE(renew(renewed));
  EXPECT_FALSE(renew(renewed)) << "it has been replaced";
}

TEST_F(Sessions, GoOnUnderANewTokenAsOldAndAsFreshAsTheyWere) {
  const auto first = issue();
  std::optional<IssuedSession> renewed;
  change([&](Transaction& tx) { renewed = renew_session(tx, first->session(), random); });
  ASSERT_TRUE(renewed);
  EXPECT_NE(renewed->token(), first->token());
  EXPECT_FALSE(recognized(first->token(), morning));
  EXPECT_TRUE(recognized(renewed->token(), morning));
  EXPECT_EQ(renewed->session().id, first->session().id);
  EXPECT_EQ(renewed->session().authenticated_at, first->session().authenticated_at);
  EXPECT_EQ(renewed->session().expires_at, first->session().expires_at);
  change([&](Transaction& tx) { EXPECT_FALSE(renew_session(tx, first->session(), random)) << "ended"; });
}

TEST_F(Sessions, OfTheSameBrowserTakeTheOldOnesPlace) {
  const auto first = issue();
  Way renewed;
  renewed.replaces = &first->session();
  const auto second = issue(renewed, morning + 10min);
  EXPECT_FALSE(recognized(first->token(), morning + 10min));
  EXPECT_TRUE(recognized(second->token(), morning + 10min));
  EXPECT_EQ(second->session().expires_at, first->session().expires_at) << "a renewed session keeps its end";
  EXPECT_NE(second->token(), first->token());
}

TEST_F(Sessions, KeepABoundedPartOfWhatTheBrowserSays) {
  Way talkative;
  talkative.browser = std::string(100'000, 'b');
  talkative.address = std::string(1000, 'a');
  const auto issued = issue(talkative);
  EXPECT_EQ(issued->session().browser.size(), 256U);
  EXPECT_EQ(issued->session().address.size(), 64U);
}

TEST(SignupEvidence, IsOfTheBrowserThatAsked) {
  records::Token taken;
  taken.purpose = records::TokenPurpose::signup;
  taken.binding = "this browser";
  EXPECT_TRUE(Evidence::of_signup(taken, "this browser", AccountId("ada")));
  EXPECT_FALSE(Evidence::of_signup(taken, "that browser", AccountId("ada")));
  taken.binding = "";
  EXPECT_FALSE(Evidence::of_signup(taken, "", AccountId("ada"))) << "bound to nobody is bound to nobody here";
  taken.binding = "this browser";
  taken.purpose = records::TokenPurpose::recovery;
  EXPECT_FALSE(Evidence::of_signup(taken, "this browser", AccountId("ada"))) << "recovery never signs in";
}

}  // namespace
}  // namespace doorward::signin
