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
  const std::string cookie = browsers.device(AccountId("ada"), random);
  EXPECT_TRUE(browsers.is_device_of(cookie, AccountId("ada")));
  EXPECT_FALSE(browsers.is_device_of(cookie, AccountId("bob")));
  EXPECT_FALSE(browsers.is_device_of(cookie, AccountId()));
  EXPECT_NE(browsers.device(AccountId("ada"), random), cookie) << "two devices are one";
  for (std::size_t i = 0; i < cookie.size(); ++i) {
    std::string altered = cookie;
    altered[i] = altered[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(browsers.is_device_of(altered, AccountId("ada"))) << i;
    EXPECT_FALSE(browsers.is_device_of(cookie.substr(0, i), AccountId("ada"))) << i;
  }
}

}  // namespace
}  // namespace doorward::signin
