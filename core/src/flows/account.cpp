#include "flows/account.hpp"

#include "flows/profile_page.hpp"
#include "records/email.hpp"
#include "records/session.hpp"

namespace doorward::flows {
namespace {

// Who is asking, for programs: what the site's own pages are told of them. Empty: not said, not chosen.
nlohmann::json identity_of(const Call& call) {
  const signin::Recognized& person = call.person();
  const records::Account& account = person.account;
  const std::string picture =
      account.avatar.empty() ? std::string() : call.services.path("/avatar?v=" + account.avatar);
  return {{"user", account.id.str()}, {"name", account.name},
          {"email", person.email},    {"phone", account.phone},
          {"picture", picture},       {"roles", person.roles},
          {"locale", account.locale}, {"time_zone", account.time_zone},
          {"clock", account.clock},   {"mac_format", account.mac_format},
          {"theme", account.theme}};
}

Outcome get(Call& call) {
  const records::Account& account = call.person().account;
  std::size_t devices = 0, addresses = 0;
  call.services.database.read([&](records::Transaction& tx) {
    devices = addresses = 0;
    for (const auto& session : records::Sessions(tx).of_account(account.id))
      devices += session.ends_at() > call.now ? 1 : 0;
    for (const auto& email : records::Emails(tx).of_account(account.id))
      addresses += email.verified_at ? 1 : 0;
  });
  nlohmann::json model = {{"devices", devices},
                          {"phone", shown_phone(call, account.phone)},
                          {"time_zone", account.time_zone},
                          {"two_factor", call.person().has_second_factor},
                          {"identity", identity_of(call)}};
  if (addresses > 1) model["more_emails"] = addresses - 1;
  if (account.password_changed_at) {
    model["password_changed"] = to_microseconds(*account.password_changed_at);
  }
  return show("account", std::move(model));
}

// Password managers look here for the way to a new password (W3C, "A Well-Known URL for Changing Passwords").
Outcome well_known(Call& call) { return go_to(call.services.path("/password")); }

}  // namespace

std::vector<Route> account_routes() {
  return {{"/", Access::signed_in, get},
          {"/.well-known/change-password", Access::anyone, well_known, nullptr, true}};
}

}  // namespace doorward::flows
