#include "flows/preferences.hpp"

#include <algorithm>
#include <span>

#include "base/text.hpp"
#include "flows/renewal.hpp"

namespace doorward::flows {
namespace {

using records::Account;
using records::Preferences;

struct Offer {
  const char* field;
  std::string Preferences::* member;
  std::span<const std::string_view> values;
  std::string_view unchosen;  // what the page shows until somebody chooses
};

constexpr Offer offers[] = {{"mac_format", &Preferences::mac_format, records::mac_formats, "colon"},
                            {"clock", &Preferences::clock, records::clocks, "24"},
                            {"theme", &Preferences::theme, records::themes, "system"}};
constexpr const char* language = "language";

bool is_among(const auto& values, std::string_view value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

Preferences preferences_of(const Account& account) {
  return {account.locale, account.clock, account.mac_format, account.theme};
}

// One that the site doesn't offer any more counts as not chosen.
nlohmann::json languages(const Call& call, std::string_view chosen) {
  nlohmann::json list = nlohmann::json::array();
  for (const std::string& tag : call.services.settings.locales)
    list.push_back({{"tag", tag}, {"name", language_name(tag)}, {"current", tag == chosen}});
  return list;
}

Outcome page(const Call& call, const Preferences& shown) {
  nlohmann::json model = {{"form",
                           {{"mac_format", shown.mac_format},
                            {"clock", shown.clock},
                            {"language", shown.locale},
                            {"theme", shown.theme}}},
                          {"languages", languages(call, shown.locale)},
                          {"several_languages", call.services.settings.locales.size() > 1}};
  for (const Offer& offer : offers) {
    const std::string_view value = shown.*offer.member;
    const std::string_view chosen = value.empty() ? offer.unchosen : value;
    model["chosen"][std::string(offer.field) + "_" + std::string(chosen)] = true;
  }
  return show("preferences", std::move(model));
}

Outcome get(Call& call) { return page(call, preferences_of(call.person().account)); }

struct Choice {
  Preferences preferences;
  std::vector<Refusal> refusals;
};

// What was sent, laid over what was. A field that isn't sent stays as it is; one that isn't offered stays so, too, and is
// refused.
Choice changed(const Call& call, Preferences before) {
  Choice choice{std::move(before), {}};
  const auto refused = [&choice](const char* field) {
    choice.refusals.push_back(Refusal{"field_invalid", field, {}, 422, {}});
  };
  for (const Offer& offer : offers) {
    if (!call.fields.has(offer.field)) continue;
    const std::string_view sent = call.fields[offer.field];
    const std::string_view value = sent == "system" && offer.unchosen == sent ? "" : sent;
    if (value.empty() || is_among(offer.values, value)) {
      choice.preferences.*offer.member = value;
    } else {
      refused(offer.field);
    }
  }
  if (!call.fields.has(language)) return choice;
  const std::string tag(call.fields[language]);
  if (tag.empty() || is_among(call.services.settings.locales, tag)) {
    choice.preferences.locale = tag;
  } else {
    refused(language);
  }
  return choice;
}

Outcome post(Call& call) {
  if (!call.fields.are_among({"mac_format", "clock", "theme", language})) return fail("bad_request", 400);
  const Account& known = call.person().account;
  Choice choice = changed(call, preferences_of(known));
  Outcome refused = page(call, choice.preferences);
  for (Refusal& refusal : choice.refusals) refused.with(std::move(refusal));
  if (!refused.refusals.empty()) return refused;
  if (const auto allowed = call.services.throttle.attempt_setting(known.id.str(), call.now); !allowed)
    return refused.with(allowed.error());
  const bool written = write_signed_in(call, [&](records::Transaction& tx) {
    records::Accounts accounts(tx);
    const Preferences before = preferences_of(accounts.by_id(known.id).value());
    const Preferences after = changed(call, before).preferences;
    if (after == before) return;
    accounts.set_preferences(known.id, after);
    audit(tx, call, {"preferences.change", "ok", known.id, {}});
  });
  if (!written) return fail("unauthenticated", 401);
  return go_to(call.services.path("/preferences"), "preferences_saved");
}

}  // namespace

std::vector<Route> preferences_routes() { return {{"/preferences", Access::signed_in, get, post}}; }

}  // namespace doorward::flows
