// Forgotten password (M6, M13): the user name or a verified address is typed, a letter with a link and a code goes to the stored
// address, a new password is chosen. The page says the same for everybody; a reset signs nobody in and leaves second
// factors as they are.
#pragma once
#include "flows/flow.hpp"
#include "flows/letters.hpp"
#include "records/token.hpp"

namespace doorward::flows {

std::vector<Route> recovery_routes();
Letters recovery_letters(const Services& services);

// The device that a reset was asked from; empty: it was none that is known. Throws where it was altered.
std::string asking_device(const crypto::KeyRing& keys, const records::Token& token);

}  // namespace doorward::flows
