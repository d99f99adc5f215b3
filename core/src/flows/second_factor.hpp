// The step of signing in that comes after the password, where the account has a second factor: MOUNT/second-factor.
#pragma once
#include "flows/flow.hpp"
#include "flows/letters.hpp"
#include "records/token.hpp"

namespace doorward::flows {

inline constexpr std::chrono::minutes second_factor_lifetime{5};

std::vector<Route> second_factor_routes();
Letters second_factor_letters(const Services& services);

// What was proved so far, and how the session is to be, kept behind a token of this browser: its secret, for the step cookie.
// In the transaction in which the gate has asked for the second factor.
std::string begin_second_factor(records::Transaction& tx, const Call& call, const Proved& proved);
// What a token holds, opened. Throws std::runtime_error where the key ring doesn't open it.
nlohmann::json kept_for_second_factor(const crypto::KeyRing& keys, const records::Token& token);

}  // namespace doorward::flows
