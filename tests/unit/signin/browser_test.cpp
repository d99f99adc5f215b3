// What is known of a browser: its forms' tokens are its own, and a device cookie speaks for one account.
#include "signin/browser.hpp"

#include <gtest/gtest.h>

#include "crypto/encoding.hpp"
#include "fixed.hpp"
#include "folder.hpp"

namespace doorward::signin {
namespace {

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
  EXPECT_TRUE(browsers.is_csrf_token(id, browsers.csrf_token(id)));
  EXPECT_FALSE(browsers.is_csrf_token(other, browsers.csrf_token(id)));
  EXPECT_FALSE(browsers.is_csrf_token(id, ""));
  EXPECT_FALSE(browsers.is_csrf_token(id, id));
  EXPECT_FALSE(browsers.is_csrf_token("", browsers.csrf_token(""))) << "no cookie, no token";
}

TEST_F(BrowserTokens, AreForOneUseEach) {
  EXPECT_NE(browsers.binding(id), browsers.binding(other));
  EXPECT_NE(crypto::base64url(browsers.binding(id)), browsers.csrf_token(id))
      << "the store would hold the form's token";
  EXPECT_EQ(browsers.binding(""), "");
  EXPECT_EQ(browsers.binding("x"), "");
}

TEST_F(BrowserTokens, IdsOfOtherSpellingsAreNone) {
  for (const std::string& none :
       {std::string(), id.substr(1), id + "A", id + "=", std::string(43, ' '), std::string(43, '%')})
    EXPECT_FALSE(Browsers::is_id(none));
}

TEST_F(BrowserTokens, OfDevicesAreOfOneAccount) {
  const auto is_of = [&](const std::string& cookie, const char* who) {
    return !browsers.device_of(cookie, AccountId(who)).empty();
  };
  const std::string cookie = browsers.device("", AccountId("ada"), random);
  EXPECT_EQ(browsers.device_of(cookie, AccountId("ada")), cookie);
  EXPECT_FALSE(is_of(cookie, "bob"));
  EXPECT_FALSE(is_of(cookie, ""));
  EXPECT_NE(browsers.device("", AccountId("ada"), random), cookie) << "two devices are one";
  for (std::size_t i = 0; i < cookie.size(); ++i) {
    std::string altered = cookie;
    altered[i] = altered[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(is_of(altered, "ada")) << i;
    EXPECT_FALSE(is_of(cookie.substr(0, i), "ada")) << i;
  }
}

TEST_F(BrowserTokens, OfADeviceAreOfAllWhoShareIt) {
  const std::string alone = browsers.device("", AccountId("ada"), random);
  const std::string both = browsers.device(alone, AccountId("bob"), random);
  EXPECT_EQ(browsers.device_of(both, AccountId("ada")), alone) << "what tries are counted by stays the same";
  EXPECT_FALSE(browsers.device_of(both, AccountId("bob")).empty());
  EXPECT_TRUE(browsers.device_of(both, AccountId("eve")).empty());
  EXPECT_EQ(browsers.device(both, AccountId("bob"), random), both) << "who signs in again is there once";
  std::string many = both;
  for (const char* who : {"c", "d", "e"}) many = browsers.device(many, AccountId(who), random);
  EXPECT_TRUE(Browsers::is_device(many));
  EXPECT_TRUE(browsers.device_of(many, AccountId("ada")).empty()) << "four at most: the oldest goes";
  EXPECT_FALSE(browsers.device_of(many, AccountId("bob")).empty());
  EXPECT_FALSE(Browsers::is_device(many + many.substr(22, 44)));
  for (const char* odd : {"a.b", "%41%41", "x.y.z"})
    EXPECT_FALSE(browsers.device_of(browsers.device(odd, AccountId("ada"), random), AccountId("ada")).empty());
}

}  // namespace
}  // namespace doorward::signin
