#include "flows/profile.hpp"

#include "base/displayable.hpp"
#include "base/errors.hpp"
#include "base/text.hpp"
#include "base/time_zone.hpp"
#include "flows/display_name.hpp"
#include "flows/profile_page.hpp"
#include "flows/renewal.hpp"

namespace doorward::flows {
namespace {

constexpr std::size_t longest_phone = 40;  // as typed; E.164 has 15 digits

struct Profile {
  std::string name, phone, time_zone;
};

Outcome get(Call& call) { return show("profile", profile_model(call)); }

// What is stored stays, though newer data may not know it any more: the form brings it back untouched.
Result<std::string> check_time_zone(std::string_view typed, const std::string& stored) {
  if (trim_spaces(typed).empty()) return std::string();
  if (typed == stored) return stored;
  auto zone = find_time_zone(typed);
  if (!zone) return refuse("time_zone_unknown", "time_zone");
  return std::move(*zone);
}

constexpr std::string_view phone_marks = " ()-./";

// Full-width digits as digits, and a dash of any kind as "-".
std::string plain_phone(std::string_view typed) {
  std::string text = nfkc_casefold(trim_spaces(typed)).value_or("?");
  for (const std::string_view dash : {"\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2015", "\u2212"})
    for (std::size_t at = 0; (at = text.find(dash, at)) != std::string::npos;)
      text.replace(at, dash.size(), "-");
  return text;
}

bool is_phone(std::string_view text) {
  if (text.size() > longest_phone) return false;
  const std::size_t plus = text.find('+');
  return text.find_first_not_of("+0123456789 ()-./") == std::string::npos && text.rfind('+') == plus &&
         (plus == std::string::npos || text.substr(0, plus).find_first_not_of('(') == std::string::npos);
}

// Whether it is a number in E.164, with marks between the digits.
bool is_same_phone(std::string text, const std::string& e164) {
  std::erase_if(text, [](char c) { return phone_marks.find(c) != std::string_view::npos; });
  return !e164.empty() && text == e164;
}

// A number without "+" is one of the country whose time the person has. As to what is stored, see check_time_zone.
Result<std::string> check_phone(const Call& call, std::string_view typed, const std::string& time_zone) {
  const std::string& stored = call.person().account.phone;
  const std::string text = plain_phone(typed);
  if (text.empty()) return std::string();
  if (!is_phone(text)) return refuse("phone_invalid", "phone");
  if (is_same_phone(text, stored)) return stored;
  try {
    const std::string country = country_of_time_zone(time_zone);
    auto number = call.services.parts.phone_number(text, country);
    if (number) return std::move(number->e164);
    const bool national = text.find('+') == std::string::npos;
    return refuse(country.empty() && national ? "phone_country" : "phone_invalid", "phone");
  } catch (const Unavailable& error) {
    call.services.log.error("request " + call.id + ": " + error.what());
    return refuse("not_now", "phone", 503);
  }
}

// What isn't in the request stays as it is, so that a program can change one thing.
std::vector<Refusal> check(const Call& call, Profile& profile) {
  std::vector<Refusal> refusals;
  const auto take = [&](std::string_view field, std::string& into, auto&& checked) {
    if (!call.fields.has(field)) return;
    Result<std::string> result = checked(call.fields[field]);
    if (result) {
      into = std::move(*result);
    } else {
      refusals.push_back(std::move(result.error()));
    }
  };
  take("name", profile.name, check_display_name);
  take("time_zone", profile.time_zone,
       [&](std::string_view typed) { return check_time_zone(typed, call.person().account.time_zone); });
  take("phone", profile.phone,
       [&](std::string_view typed) { return check_phone(call, typed, profile.time_zone); });
  return refusals;
}

Outcome post(Call& call) {
  if (!call.fields.are_among({"name", "phone", "time_zone"})) return fail("bad_request", 400);
  const records::Account& before = call.person().account;
  Profile profile{before.name, before.phone, before.time_zone};
  Outcome refused = show("profile", profile_model(call));
  for (Refusal& refusal : check(call, profile)) refused.with(std::move(refusal));
  if (!refused.refusals.empty()) return refused;
  if (const auto allowed = call.services.throttle.attempt_setting(before.id.str(), call.now); !allowed)
    return refused.with(allowed.error());
  const bool written = write_signed_in(call, [&](records::Transaction& tx) {
    records::Accounts accounts(tx);
    std::string changed;
    const auto change = [&](const char* what, const std::string& from, const std::string& to, auto set) {
      if (from == to) return;
      (accounts.*set)(before.id, to);
      changed += (changed.empty() ? "" : ",") + std::string(what);
    };
    change("name", before.name, profile.name, &records::Accounts::set_name);
    change("phone", before.phone, profile.phone, &records::Accounts::set_phone);
    change("time_zone", before.time_zone, profile.time_zone, &records::Accounts::set_time_zone);
    if (!changed.empty()) audit(tx, call, {"profile.change", "ok", before.id, changed});
  });
  if (!written) return fail("unauthenticated", 401);
  return go_to(call.services.path("/profile"), "profile_saved");
}

// For the field's list, and to look at. It is the same for everybody.
Outcome time_zones(Call&) {
  std::string lines;
  for (const std::string& name : all_time_zones()) lines += name + "\n";
  return give({"text/plain; charset=utf-8", std::move(lines), {}, {}});
}

}  // namespace

std::vector<Route> profile_routes() {
  return {{"/profile", Access::signed_in, get, post}, {"/time-zones", Access::anyone, time_zones, nullptr}};
}

}  // namespace doorward::flows
