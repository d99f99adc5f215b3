#include "server/protection.hpp"

#include <stdexcept>

#include "embedding/rule.hpp"
#include "embedding/text.hpp"
#include "server/target.hpp"

namespace doorward::server {

namespace {

[[noreturn]] void refuse(std::string_view text, const std::string& why) {
  throw std::invalid_argument(std::string(text) + ": " + why);
}

}  // namespace

Protections::Protection& Protections::add(std::string_view option, std::string_view place) {
  auto clean = parse_place(place);
  if (!clean) refuse(option, "a place is a clean path such as /intranet");
  for (const Protection& other : protections_)
    if (other.place == *clean) refuse(option, "this place has a rule already");
  return protections_.emplace_back(Protection{std::move(*clean), {}, {sizeof(doorward_rule), 0, 0, {}, 0}});
}

void Protections::optional(std::string_view text) { add("--optional " + std::string(text), text); }

void Protections::protect(std::string_view text) {
  const std::string option = "--protect " + std::string(text);
  std::string_view rest = text;
  const auto next = [&rest] {
    const std::size_t colon = rest.find(':');
    const std::string_view part = rest.substr(0, colon);
    rest.remove_prefix(colon == std::string_view::npos ? rest.size() : colon + 1);
    return part;
  };
  Protection& added = add(option, next());
  added.rule.required = 1;
  while (!rest.empty()) {
    const std::string_view part = next();
    if (part.starts_with("role=") && part.size() > 5 && added.role.empty()) {
      added.role = part.substr(5);
    } else if (part.starts_with("fresh=") && added.rule.fresh_seconds == 0) {
      const auto seconds = embedding::parse_fresh(part.substr(6));
      if (!seconds) refuse(option, "fresh takes a duration up to 24h such as 90s, 15m or 1h");
      added.rule.fresh_seconds = *seconds;
    } else if (part.starts_with("level=") && added.rule.level == 0) {
      const auto level = embedding::parse_level(part.substr(6));
      if (!level) refuse(option, "level is 1, any sign-in, or 2, with two factors");
      added.rule.level = *level;
    } else {
      refuse(option, "what follows the place is role=NAME, level=NUMBER or fresh=DURATION, each once");
    }
  }
  added.rule.role = embedding::text(added.role);
}

const doorward_rule* Protections::rule_for(std::string_view path) const noexcept {
  const Protection* best = nullptr;
  for (const Protection& each : protections_)
    if (holds(each.place, path) && (best == nullptr || each.place.size() > best->place.size())) best = &each;
  return best == nullptr ? nullptr : &best->rule;
}

}  // namespace doorward::server
