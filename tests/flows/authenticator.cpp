#include "authenticator.hpp"

#include <gtest/gtest.h>

#include "crypto/totp.hpp"
#include "records/recovery_code.hpp"
#include "signin/second_factors.hpp"

namespace doorward::test {

std::string Authenticator::code(Site& site, int steps) const {
  return crypto::totp_code(secret, crypto::totp_step(site.clock().now()) + steps);
}

Authenticator add_authenticator(Site& site, const AccountId& account) {
  const Authenticator authenticator{crypto::make_totp_secret(site.random())};
  const Time now = site.clock().now();
  const bool done = site.database().write([&](records::Transaction& tx) {
    return signin::SecondFactors(tx, site.keys(), site.engine().settings().two_factor)
        .enrol(account, authenticator.secret, authenticator.code(site), now, site.random())
        .has_value();
  });
  EXPECT_TRUE(done);
  site.clock().pass(std::chrono::seconds(30));
  return authenticator;
}

std::array<std::string, 10> add_recovery_codes(Site& site, const AccountId& account) {
  return site.database().write([&](records::Transaction& tx) {
    return records::RecoveryCodes(tx).replace(account, site.clock().now(), site.random());
  });
}

Answer login_with_code(Browser& browser, const std::string& who, const std::string& code,
                       const FormFields& more) {
  const Answer asked = browser.login(who);
  EXPECT_EQ(asked.location, "/account/second-factor") << asked.status;
  browser.follow(asked);
  FormFields typed = more;
  typed.emplace_back("code", code);
  return browser.post("/account/second-factor", typed);
}

}  // namespace doorward::test
