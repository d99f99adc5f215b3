// Tries of passwords and letters: a stranger is slowed down, an owner isn't locked out.
#include "signin/throttle.hpp"

#include <gtest/gtest.h>

#include "fixed.hpp"
#include "folder.hpp"

namespace doorward::signin {
namespace {

using namespace std::chrono_literals;
using test::morning;

class Throttled : public ::testing::Test {
 protected:
  static std::string address(int i) {
    return "10." + std::to_string(i / 250) + "." + std::to_string(i % 250) + ".7";
  }
  bool go(const Try& one, Time now = morning) { return throttle.attempt_password(one, now).has_value(); }
  test::Folder folder;
  http::Limiter limiter{folder / "limits", std::string(32, 'k')};
  settings::Settings::Limits limits;
  Throttle throttle{limiter, limits};
};

TEST_F(Throttled, IsAnAccountWhereverTheTriesComeFrom) {  // SECURITY T021
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(go({"ada", address(i), ""}));
  const auto refused = throttle.attempt_password({"ada", address(10), ""}, morning);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "too_many_attempts");
  EXPECT_EQ(refused.error().status, 429);
  EXPECT_EQ(refused.error().retry_after, 1s);
  EXPECT_TRUE(go({"bob", address(10), ""}));
}

TEST_F(Throttled, IsWhatWasTypedWhetherThereIsAnAccountOrNot) {
  const auto attempt = [&](const char* who, const char* typed, int i) {
    return throttle.attempt_password({who, address(i), "", typed}, morning);
  };
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(attempt("ada", "?ada@example.org", i), Attempt::open);
    EXPECT_EQ(attempt("", "?nobody@example.org", i), Attempt::open);
  }
  EXPECT_EQ(attempt("ada", "?ada@example.org", 10).error().code, "too_many_attempts");
  EXPECT_EQ(attempt("", "?nobody@example.org", 10).error().code, "too_many_attempts");
  for (int i = 0; i < 10; ++i) EXPECT_EQ(attempt("ada", "?countess", i), Attempt::silenced);
  EXPECT_EQ(attempt("ada", "?countess", 10).error().code, "too_many_attempts");
  throttle.password_was_right({"ada", address(1), "", "?countess"}, morning);
  EXPECT_EQ(attempt("ada", "?countess", 11), Attempt::open);
}

TEST_F(Throttled, IsNotABrowserThatHasSignedInBefore) {
  for (int i = 0; i < 30; ++i) go({"ada", address(i), ""});
  EXPECT_FALSE(go({"ada", "192.0.2.1", ""}));
  EXPECT_TRUE(go({"ada", "192.0.2.1", "her device"}));
  for (int i = 0; i < 9; ++i) EXPECT_TRUE(go({"ada", "192.0.2.1", "her device"}));
  EXPECT_FALSE(go({"ada", "192.0.2.1", "her device"}))
      << "a stolen device cookie is no way to guess for ever";
  EXPECT_TRUE(go({"ada", "192.0.2.1", "her other device"}));
}

TEST_F(Throttled, IsAnAccountWhateverNumberOfDevicesSomebodyHasKept) {  // SECURITY T021
  int through = 0;
  for (int device = 0; device < 50; ++device) {
    for (int i = 0; i < 10; ++i)
      through += go({"ada", "192.0.2.1", "device " + std::to_string(device)}) ? 1 : 0;
  }
  EXPECT_EQ(through, 50) << "five devices' tries, not fifty's";
  EXPECT_TRUE(go({"bob", "192.0.2.1", "his device"}));
  EXPECT_TRUE(go({"ada", "192.0.2.1", ""})) << "strangers' tries are counted by themselves";
}

TEST_F(Throttled, TriesThatAllDevicesHaveUsedUpDontCountAgainstOne) {
  for (int i = 0; i < 50; ++i) go({"ada", "192.0.2.1", "device " + std::to_string(i)});
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(go({"ada", "192.0.2.1", "her device"}));
  throttle.password_was_right({"ada", "192.0.2.1", "device 1"}, morning);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(go({"ada", "192.0.2.1", "her device"})) << i;
}

TEST_F(Throttled, AreRecoveryLettersHoweverManyDevicesAskForThem) {
  const auto sent = [&](const std::string& device) {
    return throttle.may_send_recovery({"ada", {}, device}, 30min, morning);
  };
  int letters = 0;
  for (int device = 0; device < 50; ++device) {
    for (int i = 0; i < 5; ++i) letters += sent("device " + std::to_string(device)) ? 1 : 0;
  }
  EXPECT_EQ(letters, 25);
  EXPECT_TRUE(throttle.may_send_recovery({"ada", {}, "device 0"}, 30min, morning + 30min))
      << "by then the last one has ended";
}

TEST_F(Throttled, IsASecondFactorAfterFiveTries) {
  const auto go = [&](const Try& one, Time now = morning) {
    return throttle.attempt_factor(one, now).has_value();
  };
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(go({"ada", address(i), ""}));
  EXPECT_FALSE(go({"ada", address(5), ""}));
  EXPECT_TRUE(go({"bob", address(5), ""}));
  EXPECT_TRUE(go({"ada", address(5), "her device"}));
  EXPECT_TRUE(this->go({"ada", address(5), ""})) << "passwords are counted apart";
  EXPECT_TRUE(go({"ada", address(5), ""}, morning + 1s));
  EXPECT_FALSE(go({"ada", address(5), ""}, morning + 2s)) << "the wait doubles";
  throttle.factor_was_right({"ada", address(5), ""});
  EXPECT_TRUE(go({"ada", address(5), ""}, morning + 2s));
}

TEST_F(Throttled, IsASecondFactorWhateverNumberOfDevicesSomebodyHasKept) {  // SECURITY T132
  int through = 0;
  for (int device = 0; device < 50; ++device) {
    for (int i = 0; i < 5; ++i)
      through += throttle.attempt_factor({"ada", {}, "device " + std::to_string(device)}, morning) ? 1 : 0;
  }
  EXPECT_EQ(through, 25);
  EXPECT_TRUE(throttle.attempt_factor({"ada", {}, ""}, morning));
}

TEST_F(Throttled, AreChangesOfOneAccount) {  // SECURITY T239
  for (int i = 0; i < 30; ++i) EXPECT_TRUE(throttle.attempt_change("ada", morning)) << i;
  EXPECT_EQ(throttle.attempt_change("ada", morning).error().code, "too_many_attempts");
  EXPECT_TRUE(throttle.attempt_change("bob", morning));
}

TEST_F(Throttled, IsANetworkThatTriesManyAccounts) {  // SECURITY T027
  for (const bool v6 : {false, true}) {
    int through = 0;
    for (int i = 0; i < 200; ++i) {
      through +=
          go({"account " + std::to_string(i), (v6 ? "2001:db8::" : "192.0.2.") + std::to_string(i), ""}) ? 1
                                                                                                         : 0;
    }
    EXPECT_EQ(through, static_cast<int>(limits.address_failures));
  }
}

TEST_F(Throttled, IsTheWholeSite) {
  int through = 0;
  for (int i = 0; i < 1100; ++i) through += go({"account " + std::to_string(i), address(i), ""}) ? 1 : 0;
  EXPECT_EQ(through, static_cast<int>(limits.site_failures));
  EXPECT_TRUE(go({"ada", "192.0.2.1", "her device"}));
}

TEST_F(Throttled, TriesThatWereRefusedElsewhereDontCountAgainstTheAccount) {
  for (int i = 0; i < 50; ++i) go({"account " + std::to_string(i), "192.0.2.1", ""});
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(go({"ada", "192.0.2.1", ""}));
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(go({"ada", address(i), ""})) << i;
}

TEST_F(Throttled, ARightPasswordForgives) {
  for (int round = 0; round < 30; ++round) {
    const Try one{"ada", "192.0.2.1", ""};
    for (int i = 0; i < 9; ++i) ASSERT_TRUE(go(one, morning + 900s * round)) << round;
    throttle.password_was_right(one, morning + 900s * round);
  }
  const Try device{"ada", "192.0.2.1", "her device"};
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(go(device));
    throttle.password_was_right(device, morning);
  }
}

TEST_F(Throttled, AreLettersToOneMailboxAndOfOneAsker) {
  const auto letter = [&](const std::string& to, const std::string& from) {
    return throttle.attempt_letter(to, from, morning).has_value();
  };
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(letter("ada@example.org", address(i)));
  EXPECT_FALSE(letter("ada@example.org", address(6)));
  EXPECT_EQ(throttle.attempt_letter("ada@example.org", address(6), morning).error().code, "too_many_mails");
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(letter("to" + std::to_string(i) + "@example.org", "192.0.2.1"));
  EXPECT_FALSE(letter("bob@example.org", "192.0.2.2"));
  EXPECT_TRUE(letter("bob@example.org", "198.51.100.1"));
}

TEST_F(Throttled, LettersAreBoundedForTheWholeSite) {  // SECURITY T239
  limits.mails_per_site = 100;
  Throttle small(limiter, limits);
  int through = 0;
  for (int i = 0; i < 300; ++i) through += small.attempt_asking(address(i), morning) ? 1 : 0;
  EXPECT_EQ(through, 100);
  EXPECT_TRUE(small.attempt_asking("192.0.2.1", morning + 1s)) << "then one a second";
  EXPECT_FALSE(small.attempt_asking("192.0.2.1", morning + 1s));
}

}  // namespace
}  // namespace doorward::signin
