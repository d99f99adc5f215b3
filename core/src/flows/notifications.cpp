#include "flows/notifications.hpp"

#include <algorithm>

#include "flows/renewal.hpp"
#include "http/accept.hpp"
#include "records/notification.hpp"

namespace doorward::flows {
namespace {

using records::Notifications;
using Choice = Notifications::Choice;

constexpr std::string_view names[] = {"all", "selected", "none"};  // as Choice has them

std::string field_of(const std::string& site) { return "site_" + site; }

std::vector<std::string> fields(const Call& call) {
  std::vector<std::string> all = {"choice", "single", "wanted", "security"};
  for (const auto& [key, name] : call.services.settings.sites) all.push_back(field_of(key));
  return all;
}

Notifications stored(const Call& call) { return Notifications::read(call.person().account.notifications); }

Outcome page(const Call& call, const Notifications& wanted) {
  nlohmann::json sites = nlohmann::json::array();
  for (const auto& [key, name] : call.services.settings.sites) {
    sites.push_back({{"key", key}, {"field", field_of(key)}, {"name", name}, {"wanted", wanted.wants(key)}});
  }
  const std::string choice(names[static_cast<std::size_t>(wanted.choice)]);
  return show("notifications", {{"form", {{"choice", choice}}},
                                {"chosen", {{choice, true}}},
                                {"wanted", wanted.choice != Choice::none},
                                {"several_sites", !sites.empty()},
                                {"sites", std::move(sites)}});
}

Outcome get(Call& call) { return page(call, stored(call)); }

// The boxes that were ticked. Of a site that the settings name no more, what was said before still holds.
std::vector<std::string> selected(const Call& call, const Notifications& before) {
  std::vector<std::string> keys;
  for (const auto& [key, name] : call.services.settings.sites) {
    if (call.fields.flag(field_of(key))) keys.push_back(key);
  }
  for (const std::string& key : before.sites) {
    const auto is_offered = [&](const auto& site) { return site.first == key; };
    const auto& offered = call.services.settings.sites;
    if (std::none_of(offered.begin(), offered.end(), is_offered)) keys.push_back(key);
  }
  std::sort(keys.begin(), keys.end());
  return keys;
}

// With one box for the whole site ("single") that box, which a form sends only where it is ticked; else one of three choices.
Result<Notifications> asked_for(const Call& call, const Notifications& before) {
  for (const std::string& field : fields(call)) {
    if (field != "choice" && !call.fields.is_flag(field)) return refuse("field_invalid", field);
  }
  if (call.fields.flag("single") && call.fields.has("choice")) return refuse("field_invalid", "choice");
  if (call.fields.has("security") && !call.fields.flag("security"))
    return refuse("security_notices", "security");
  if (call.fields.flag("single")) {
    const bool wanted = call.fields.flag("wanted");
    if (wanted && before.choice == Choice::selected) return before;  // said while there were sites
    return Notifications{wanted ? Choice::all : Choice::none, {}};
  }
  const auto* const found = std::find(std::begin(names), std::end(names), call.fields["choice"]);
  if (found == std::end(names)) return refuse("field_invalid", "choice");
  const auto choice = static_cast<Choice>(found - std::begin(names));
  return Notifications{choice,
                       choice == Choice::selected ? selected(call, before) : std::vector<std::string>()};
}

Outcome post(Call& call) {
  if (!call.fields.are_among(fields(call))) {
    if (http::body_kind(call.request) != http::BodyKind::form) return fail("bad_request", 400);
    return page(call, stored(call)).with(Refusal{"sites_changed", {}, {}, 409, {}});  // shown before a reload
  }
  if (const auto fine = asked_for(call, stored(call)); !fine)
    return page(call, stored(call)).with(fine.error());
  const AccountId& id = call.person().account.id;
  if (const auto allowed = call.services.throttle.attempt_setting(id.str(), call.now); !allowed)
    return page(call, stored(call)).with(allowed.error());
  const bool written = write_signed_in(call, [&](records::Transaction& tx) {
    records::Accounts accounts(tx);
    const std::string before = accounts.by_id(id).value().notifications;
    const std::string text = asked_for(call, Notifications::read(before))->text();
    if (text == before) return;
    accounts.set_notifications(id, text);
    audit(tx, call, {"notifications.change", "ok", id, text.empty() ? "all" : text});
  });
  if (!written) return fail("unauthenticated", 401);
  return go_to(call.services.path("/notifications"), "notifications_saved");
}

}  // namespace

std::vector<Route> notifications_routes() { return {{"/notifications", Access::signed_in, get, post}}; }

}  // namespace doorward::flows
