#include "flows/profile.hpp"

#include "flows/display_name.hpp"

namespace doorward::flows {
namespace {

Outcome page(const Call& call, std::string_view name) {
  return show("profile", {{"form", {{"name", name}}}, {"email", call.person().email}});
}

Outcome get(Call& call) { return page(call, call.person().account.name); }

Outcome post(Call& call) {
  const auto name = check_display_name(call.fields["name"]);
  if (!name) return page(call, call.fields["name"]).with(name.error());
  const AccountId& account = call.person().account.id;
  call.services.database.write([&](records::Transaction& tx) {
    records::Accounts(tx).set_name(account, *name);
    audit(tx, call, {"profile.change", "ok", account, "name"});
  });
  return go_to(call.services.path("/profile"), "profile_saved");
}

}  // namespace

std::vector<Route> profile_routes() { return {{"/profile", Access::signed_in, get, post}}; }

}  // namespace doorward::flows
