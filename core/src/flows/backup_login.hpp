// /backup-login: site administrators sign in by their own password, whatever state single sign-on is in (M12). No plugin but
// storage is asked, nothing links here, every use is audited and told to all administrators, and the session is short.
#pragma once
#include "flows/flow.hpp"
#include "flows/letters.hpp"

namespace doorward::flows {

constexpr const char* backup_login_page = "/backup-login";  // wherever the mount is

std::vector<Route> backup_login_routes();
Letters backup_login_letters(const Services& services);

}  // namespace doorward::flows
