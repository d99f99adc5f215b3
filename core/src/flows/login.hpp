// Signing in by password, with any verified address or the login name (M5, M10, M14).
#pragma once
#include "flows/flow.hpp"

namespace doorward::flows {

std::vector<Route> login_routes();

// The sign-in page, which leads on to `return_to`.
std::string login_path(const Services& services, const std::optional<http::ReturnTo>& return_to);

}  // namespace doorward::flows
