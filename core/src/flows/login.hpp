// Signing in by password, with any verified address or the login name (M5, M10, M14).
#pragma once
#include "flows/flow.hpp"

namespace doorward::flows {

std::vector<Route> login_routes();

}  // namespace doorward::flows
