// Two-factor authentication, turned on and off by its owner: MOUNT/two-factor.
#pragma once
#include "flows/flow.hpp"
#include "flows/letters.hpp"
#include "records/token.hpp"

namespace doorward::flows {

std::vector<Route> two_factor_routes();
Letters two_factor_letters(const Services& services);

// The secret of an authenticator that isn't shown to work yet. Throws std::runtime_error where the key ring doesn't open it.
std::string enrolled_secret(const crypto::KeyRing& keys, const records::Token& token);

}  // namespace doorward::flows
