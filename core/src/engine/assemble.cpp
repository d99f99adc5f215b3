#include "engine/assemble.hpp"

#include "flows/account.hpp"
#include "flows/activity.hpp"
#include "flows/address_letters.hpp"
#include "flows/avatar.hpp"
#include "flows/backup_login.hpp"
#include "flows/deletion.hpp"
#include "flows/email_confirm.hpp"
#include "flows/email_request.hpp"
#include "flows/email_undo.hpp"
#include "flows/emails.hpp"
#include "flows/export.hpp"
#include "flows/invitation.hpp"
#include "flows/login.hpp"
#include "flows/logout.hpp"
#include "flows/menu.hpp"
#include "flows/new_device.hpp"
#include "flows/notifications.hpp"
#include "flows/password.hpp"
#include "flows/preferences.hpp"
#include "flows/profile.hpp"
#include "flows/reauthenticate.hpp"
#include "flows/recovery.hpp"
#include "flows/second_factor.hpp"
#include "flows/security.hpp"
#include "flows/sessions.hpp"
#include "flows/signup.hpp"
#include "flows/two_factor.hpp"
#include "flows/verify_email.hpp"

namespace doorward::engine {

// One line each, so that two who add a flow don't meet.
std::vector<flows::Route> all_routes() {
  std::vector<flows::Route> all;
  for (auto routes : {
           flows::account_routes,        flows::login_routes,         flows::logout_routes,
           flows::signup_routes,         flows::verify_email_routes,  flows::recovery_routes,
           flows::invitation_routes,     flows::second_factor_routes, flows::password_routes,
           flows::reauthenticate_routes, flows::activity_routes,      flows::avatar_routes,
           flows::backup_login_routes,   flows::deletion_routes,      flows::email_confirm_routes,
           flows::email_request_routes,  flows::email_undo_routes,    flows::emails_routes,
           flows::export_routes,         flows::menu_routes,          flows::notifications_routes,
           flows::preferences_routes,    flows::profile_routes,       flows::security_routes,
           flows::sessions_routes,       flows::two_factor_routes,
       }) {
    for (flows::Route& route : routes()) all.push_back(std::move(route));
  }
  return all;
}

flows::Letters all_letters(const flows::Services& services) {
  flows::Letters all;
  for (auto letters : {
           flows::address_letters,
           flows::backup_login_letters,
           flows::deletion_letters,
           flows::email_request_letters,
           flows::invitation_letters,
           flows::new_device_letters,
           flows::recovery_letters,
           flows::second_factor_letters,
           flows::signup_letters,
           flows::two_factor_letters,
       }) {
    all.merge(letters(services));
  }
  return all;
}

}  // namespace doorward::engine
