#include "engine/assemble.hpp"

#include "flows/account.hpp"
#include "flows/activity.hpp"
#include "flows/backup_login.hpp"
#include "flows/invitation.hpp"
#include "flows/login.hpp"
#include "flows/logout.hpp"
#include "flows/password.hpp"
#include "flows/profile.hpp"
#include "flows/reauthenticate.hpp"
#include "flows/recovery.hpp"
#include "flows/security.hpp"
#include "flows/sessions.hpp"
#include "flows/signup.hpp"
#include "flows/verify_email.hpp"

namespace doorward::engine {

std::vector<flows::Route> all_routes() {
  std::vector<flows::Route> all;
  for (auto routes :
       {flows::account_routes, flows::login_routes, flows::logout_routes, flows::signup_routes,
        flows::verify_email_routes, flows::recovery_routes, flows::invitation_routes, flows::password_routes,
        flows::reauthenticate_routes, flows::sessions_routes, flows::profile_routes, flows::security_routes,
        flows::activity_routes, flows::backup_login_routes}) {
    for (flows::Route& route : routes()) all.push_back(std::move(route));
  }
  return all;
}

flows::Letters all_letters(const flows::Services& services) {
  flows::Letters all;
  for (auto letters : {flows::signup_letters, flows::recovery_letters, flows::invitation_letters,
                       flows::backup_login_letters}) {
    all.merge(letters(services));
  }
  return all;
}

}  // namespace doorward::engine
