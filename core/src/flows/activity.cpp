#include "flows/activity.hpp"

#include "crypto/encoding.hpp"
#include "records/audit_entry.hpp"

namespace doorward::flows {
namespace {

using records::AuditEntry;

constexpr std::uint32_t page_size = 25;

// Where a page ends is told sealed and for one account: what somebody makes up, or has from another account, opens nothing.
std::string context(const Call& call) { return "activity|" + call.person().account.id.str(); }

std::string seal(const Call& call, const AuditEntry& last) {
  return crypto::base64url(call.services.keys.seal(last.id, context(call), call.services.random));
}

std::optional<std::string> open(const Call& call, std::string_view cursor) {
  const auto sealed = crypto::from_base64url(cursor);
  if (!sealed) return std::nullopt;
  try {
    return call.services.keys.open_sealed(*sealed, context(call));
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
}

// Whoever acts for the site has no account, or not this one.
nlohmann::json describe(const Call& call, const AuditEntry& entry) {
  const bool by_others = !entry.actor.empty() && entry.actor != call.person().account.id.str();
  return {{"id", entry.id},           {"at", to_microseconds(entry.at)},
          {"action", entry.action},   {"ok", entry.outcome == "ok"},
          {"outcome", entry.outcome}, {"address", entry.address},
          {"by_others", by_others}};
}

Outcome get(Call& call) {
  const std::string_view after = call.fields["after"];
  const auto before = after.empty() ? std::optional(std::string()) : open(call, after);
  if (!before) return fail("bad_request", 400);
  // One more than is shown says whether there is another page.
  auto entries = call.services.database.read([&](records::Transaction& tx) {
    return records::Audit(tx).about(call.person().account.id, page_size + 1, *before);
  });
  const bool more = entries.size() > page_size;
  if (more) entries.pop_back();
  nlohmann::json events = nlohmann::json::array();
  for (const AuditEntry& entry : entries) events.push_back(describe(call, entry));
  nlohmann::json model = {
      {"any", !entries.empty()}, {"events", std::move(events)}, {"later", !after.empty()}};
  if (more) model["next"] = call.services.path("/activity") + "?after=" + seal(call, entries.back());
  return show("activity", std::move(model));
}

}  // namespace

std::vector<Route> activity_routes() { return {{"/activity", Access::signed_in, get}}; }

}  // namespace doorward::flows
