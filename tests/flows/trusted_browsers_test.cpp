#include "two_factor.hpp"

namespace doorward::test {
namespace {

using namespace std::chrono_literals;

class trusted_browsers : public TwoFactor {};

TEST_F(trusted_browsers, trust_is_of_one_browser_and_one_account_for_thirty_days) {
  site.account("bob@example.org", "Bob");
  activate();
  const Authenticator bobs = add_authenticator(site, site.admin().show("bob@example.org")->account.id);
  Browser trusted(site);
  login_with_code(trusted, who, phone.code(site), {{"trust", "yes"}});
  EXPECT_EQ(again(trusted, who).location, "/");
  EXPECT_EQ(again(trusted, "bob@example.org").location, "/account/second-factor");
  EXPECT_EQ(Browser(site).login(who).location, "/account/second-factor");
  Browser thief(site);
  thief.cookies["__Host-doorward-trust"] = std::string(43, 'A');
  EXPECT_EQ(thief.login(who).location, "/account/second-factor");
  site.clock().pass(24h * 30);
  EXPECT_EQ(again(trusted, who).location, "/account/second-factor");
}

TEST_F(trusted_browsers, people_who_share_a_browser_are_trusted_beside_each_other) {
  activate();
  Browser shared(site);
  std::vector<std::string> others;
  const auto trust = [&](const std::string& other) {
    const Authenticator theirs = add_authenticator(site, site.account(other));
    shared.submit("/account/logout", {});
    login_with_code(shared, other, theirs.code(site), {{"trust", "yes"}});
    others.push_back(other);
  };
  site.clock().pass(30s);
  login_with_code(shared, who, phone.code(site), {{"trust", "yes"}});
  for (const char* other : {"bob@example.org", "cleo@example.org", "dan@example.org"}) trust(other);
  EXPECT_EQ(again(shared, who).location, "/");
  for (const std::string& other : others) EXPECT_EQ(again(shared, other).location, "/") << other;
  shared.submit("/account/logout", {});
  shared.login(who);
  browser.submit(page, {{"change", "forget"}});
  EXPECT_EQ(again(shared, who).location, "/account/second-factor");
  EXPECT_EQ(again(shared, "bob@example.org").location, "/") << "one's trust is no other's to end";
  trust("eve@example.org");
  EXPECT_EQ(again(shared, "bob@example.org").location, "/") << "Ada's place was free";
  trust("fay@example.org");
  EXPECT_EQ(again(shared, "bob@example.org").location, "/account/second-factor") << "four, and the newest";
  EXPECT_EQ(again(shared, "cleo@example.org").location, "/");
}

TEST_F(trusted_browsers, deleting_an_account_leaves_what_the_browser_knows_of_others) {
  activate();
  const Authenticator bobs = add_authenticator(site, site.account("bob@example.org", "Bob"));
  site.clock().pass(30s);
  Browser shared(site);
  login_with_code(shared, "bob@example.org", bobs.code(site), {{"trust", "yes"}});
  shared.submit("/account/logout", {});
  login_with_code(shared, who, phone.code(site), {{"trust", "yes"}});
  site.clock().pass(30s);
  site.letters();  // of what was before
  const FormFields meant = {{"confirm", "yes"}, {"password", Site::password}, {"code", phone.code(site)}};
  ASSERT_EQ(shared.submit("/account/deletion", meant).location, "/account/deletion/done");
  EXPECT_EQ(shared.login("bob@example.org").location, "/") << "trusted as before";
  EXPECT_EQ(site.letters().size(), 1U) << "the last one to Ada; Bob's device is no new one";
  for (const char* name : {"__Host-doorward-trust", "__Host-doorward-device"})
    EXPECT_EQ(shared.cookies[name].find('.'), shared.cookies[name].rfind('.')) << name << ": Bob's alone";
}

TEST_F(trusted_browsers, a_browser_that_is_trusted_once_more_is_counted_once) {
  activate();
  Browser trusted(site);
  for (int i = 0; i < 2; ++i) {
    site.clock().pass(30s);
    trusted.follow(trusted.login(who));
    if (i == 1) trusted.cookies["__Host-doorward-trust"] = kept;
    trusted.post("/account/second-factor", {{"code", phone.code(site)}, {"trust", "yes"}});
    kept = trusted.cookies["__Host-doorward-trust"];
    trusted.submit("/account/logout", {});
    trusted.cookies.erase("__Host-doorward-trust");
  }
  EXPECT_TRUE(browser.get(page).says("1 browser"));
}

TEST_F(trusted_browsers, trust_ends_with_any_change_of_what_it_stands_for) {
  const auto forget = [&] { browser.submit(page, {{"change", "forget"}}); };
  const auto codes = [&] { browser.submit(page, {{"change", "codes"}}); };
  const auto password = [&] {
    site.clock().pass(1s);
    site.admin().set_password(who, Site::password, false);
  };
  const auto disable = [&] {
    site.admin().set_status(who, records::Account::Status::disabled);
    site.admin().set_status(who, records::Account::Status::active);
  };
  activate();
  for (const std::function<void()>& change :
       {std::function<void()>(forget), std::function<void()>(codes), std::function<void()>(disable),
        std::function<void()>(password)}) {
    site.clock().pass(1min);
    Browser trusted(site);
    login_with_code(trusted, who, phone.code(site), {{"trust", "yes"}});
    ASSERT_EQ(again(trusted, who).location, "/");
    change();
    EXPECT_EQ(again(trusted, who).location, "/account/second-factor");
  }
}

}  // namespace
}  // namespace doorward::test
