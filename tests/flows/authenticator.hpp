// An authenticator application for tests, and an account that asks for it.
#pragma once
#include <array>
#include <string>

#include "steps.hpp"

namespace doorward::test {

struct Authenticator {
  std::string secret;  // as bytes
  // The code of now, or of so many steps later (earlier where negative).
  std::string code(Site& site, int steps = 0) const;
};

// Turns two-factor authentication on, past the pages. The code of this step is used up by it: time passes to the next one.
Authenticator add_authenticator(Site& site, const AccountId& account);
std::array<std::string, 10> add_recovery_codes(Site& site, const AccountId& account);

// The password, and then the code; what came of that.
Answer login_with_code(Browser& browser, const std::string& who, const std::string& code,
                       const FormFields& more = {});

}  // namespace doorward::test
