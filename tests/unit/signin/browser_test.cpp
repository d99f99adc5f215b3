// What is known of a browser: its forms' tokens are its own, and a device cookie speaks for one account.
#include "signin/browser.hpp"

#include <gtest/gtest.h>

#include "crypto/encoding.hpp"
#include "fixed.hpp"
#include "folder.hpp"

namespace doorward::signin {
namespace {

using namespace std::chrono_literals;

class BrowserTokens : public ::testing::Test {
 protected:
  test::Folder folder;
  test::SeededRandom random;
  const crypto::KeyRing keys = crypto::KeyRing::open(folder / "keys", random);
  const Browsers browsers{keys};
  const std::string id = Browsers::make_id(random);
  const std::string other = Browsers::make_id(random);
};

TEST_F(BrowserTokens, OfFormsAreOfThisBrowserOnly) {
  EXPECT_TRUE(Browsers::is_id(id));
  EXPECT_TRUE(browsers.is_csrf_token(id, browsers.csrf_token(id, random)));
  EXPECT_FALSE(browsers.is_csrf_token(other, browsers.csrf_token(id, random)));
  EXPECT_FALSE(browsers.is_csrf_token(id, ""));
  EXPECT_FALSE(browsers.is_csrf_token(id, id));
  EXPECT_FALSE(browsers.is_csrf_token("", browsers.csrf_token("", random))) << "no cookie, no token";
}

TEST_F(BrowserTokens, AreForOneUseEach) {
  EXPECT_NE(browsers.binding(id), browsers.binding(other));
  EXPECT_NE(crypto::base64url(browsers.binding(id)), browsers.csrf_token(id, random))
      << "the store would hold the form's token";
  EXPECT_EQ(browsers.binding(""), "");
  EXPECT_EQ(browsers.binding("x"), "");
}

TEST_F(BrowserTokens, IdsOfOtherSpellingsAreNone) {
  for (const std::string& none :
       {std::string(), id.substr(1), id + "A", id + "=", std::string(43, ' '), std::string(43, '%')})
    EXPECT_FALSE(Browsers::is_id(none));
}

class DeviceCookies : public BrowserTokens {
 protected:
  static records::Account account(const char* id) {
    records::Account account;
    account.id = AccountId(id);
    account.password_changed_at = test::morning - 24h;
    return account;
  }
  std::string made(const std::string& known, const records::Account& account, Time now = test::morning) {
    return browsers.device(known, account, now, random);
  }
  std::string device_of(const std::string& cookie, const records::Account& account,
                        Time now = test::morning) const {
    return browsers.device_of(cookie, account, now);
  }
  records::Account ada = account("ada"), bob = account("bob");
};

TEST_F(DeviceCookies, AreOfOneAccount) {
  const std::string cookie = made("", ada);
  EXPECT_TRUE(Browsers::is_device(cookie));
  EXPECT_FALSE(device_of(cookie, ada).empty());
  EXPECT_EQ(device_of(cookie, bob), "");
  EXPECT_EQ(device_of(cookie, account("")), "");
  EXPECT_NE(device_of(made("", ada), ada), device_of(cookie, ada)) << "two devices are one";
  for (std::size_t i = 0; i < cookie.size(); ++i) {
    std::string altered = cookie;
    altered[i] = altered[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(device_of(altered, ada), "") << i;
    EXPECT_EQ(device_of(cookie.substr(0, i), ada), "") << i;
  }
}

TEST_F(DeviceCookies, AreOfAllWhoShareTheBrowser) {
  const std::string alone = made("", ada);
  const std::string both = made(alone, bob);
  EXPECT_EQ(device_of(both, ada), device_of(alone, ada)) << "what tries are counted by stays the same";
  EXPECT_FALSE(device_of(both, bob).empty());
  EXPECT_TRUE(device_of(both, account("eve")).empty());
  EXPECT_EQ(made(both, bob), both) << "who signs in again is there once";
  std::string many = both;
  for (const char* who : {"c", "d", "e"}) many = made(many, account(who));
  EXPECT_TRUE(Browsers::is_device(many));
  EXPECT_TRUE(device_of(many, ada).empty()) << "four at most: the oldest goes";
  EXPECT_FALSE(device_of(many, bob).empty());
  EXPECT_FALSE(Browsers::is_device(many + many.substr(22, 54)));
  for (const char* odd : {"a.b", "%41%41", "x.y.z"}) EXPECT_FALSE(device_of(made(odd, ada), ada).empty());
}

TEST_F(DeviceCookies, AreLeftWithoutAnAccountThatGoes) {
  const std::string alone = made("", bob), both = made(alone, ada);
  EXPECT_EQ(browsers.device_without(both, ada, test::morning), alone);
  EXPECT_EQ(browsers.device_without(both, account("eve"), test::morning), both);
  for (const std::string& none : {alone, std::string(), std::string("a.b")})
    EXPECT_EQ(browsers.device_without(none, bob, test::morning), "") << none;
}

TEST_F(DeviceCookies, EndWithThePasswordThatTheyWereMadeWith) {
  const std::string cookie = made("", ada);
  ada.password_changed_at = test::morning;
  EXPECT_EQ(device_of(cookie, ada), "");
  ada.password_changed_at.reset();
  EXPECT_EQ(device_of(cookie, ada), "");
}

TEST_F(DeviceCookies, AreWorthNothingWhileTheAccountIsDisabled) {
  const std::string cookie = made("", ada);
  ada.status = records::Account::Status::disabled;
  EXPECT_EQ(device_of(cookie, ada), "");
}

TEST_F(DeviceCookies, EndAfterHalfAYearUnlessTheyAreRenewed) {
  const std::string cookie = made("", ada);
  EXPECT_FALSE(device_of(cookie, ada, test::morning + Browsers::device_lifetime - 1s).empty());
  EXPECT_EQ(device_of(cookie, ada, test::morning + Browsers::device_lifetime), "");
  const Time later = test::morning + Browsers::device_lifetime / 2;
  const std::string renewed = made(cookie, ada, later);
  EXPECT_EQ(renewed.size(), cookie.size()) << "one mark each";
  EXPECT_EQ(device_of(renewed, ada, later + Browsers::device_lifetime - 1s), device_of(cookie, ada));
}

}  // namespace
}  // namespace doorward::signin
