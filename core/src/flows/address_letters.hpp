// The letters about addresses of an account: to the one that waits to be confirmed, and to those that lose or gain something.
#pragma once
#include "flows/flow.hpp"
#include "flows/letters.hpp"

namespace doorward::flows {

Letters address_letters(const Services& services);

}  // namespace doorward::flows
