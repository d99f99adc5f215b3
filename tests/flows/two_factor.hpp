// A person who turns on a second factor in one browser, and what is read off the pages on the way.
#pragma once
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "authenticator.hpp"

namespace doorward::test {

inline std::string from_base32(const std::string& text) {
  std::string bytes;
  unsigned bits = 0, value = 0;
  for (const char c : text) {
    if (c == ' ') continue;
    value = value << 5U | static_cast<unsigned>(c >= 'A' ? c - 'A' : c - '2' + 26);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(value >> bits & 0xffU);
  }
  return bytes;
}

class TwoFactor : public ::testing::Test {
 protected:
  static constexpr const char* page = "/account/two-factor";
  static constexpr const char* verify = "/account/two-factor/verify";
  static constexpr const char* who = "ada@example.org";
  const FormFields on = {{"change", "save"}, {"enabled", "yes"}};
  const FormFields off = {{"change", "save"}};

  TwoFactor() { browser.login(who); }

  Authenticator read_secret(const Answer& answer) {
    std::smatch found;
    EXPECT_TRUE(
        std::regex_search(answer.body, found, std::regex("<code class=\"secret\">([A-Z2-7 ]+)</code>")))
        << answer.body;
    return {from_base32(found[1])};
  }
  Authenticator begin(Browser& in) {
    in.submit(page, on);
    return read_secret(in.get(verify));
  }
  // All the way: what the answer to the right code says.
  Answer activate() {
    phone = begin(browser);
    return browser.post(verify, {{"code", phone.code(site)}});
  }
  static std::vector<std::string> codes_of(const Answer& answer) {
    std::vector<std::string> codes;
    static const std::regex item("<li>([0-9]+(?:-[0-9A-Z]{4}){6})</li>");
    for (std::sregex_iterator at(answer.body.begin(), answer.body.end(), item), end; at != end; ++at)
      codes.push_back((*at)[1]);
    return codes;
  }
  static Answer again(Browser& in, const std::string& as) {
    in.submit("/account/logout", {});
    return in.login(as);
  }
  Answer sign_in_with_recovery_code(Browser& in, const std::string& code) {
    in.follow(in.login(who));
    return in.post("/account/second-factor", {{"recovery_code", code}});
  }
  Site site;
  AccountId ada = site.account(who);
  Authenticator phone;
  std::string kept;
  Browser browser{site};
};

}  // namespace doorward::test
