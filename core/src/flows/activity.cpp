#include "flows/activity.hpp"

#include <map>

#include "crypto/encoding.hpp"
#include "flows/user_agent.hpp"
#include "records/audit_entry.hpp"
#include "records/email.hpp"
#include "records/session.hpp"

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

// What a record's details name by its id. Records outlast what they are about, so they have ids alone, and what is no longer held
// can't be told.
struct Named {
  std::map<std::string, std::string, std::less<>> sessions;  // id -> User-Agent
  std::map<std::string, std::string, std::less<>> emails;    // id -> address
};

Named named(records::Transaction& tx, const AccountId& account) {
  Named found;
  for (const records::Session& session : records::Sessions(tx).of_account(account))
    found.sessions.emplace(session.id.str(), session.browser);
  for (const records::Email& email : records::Emails(tx).of_account(account))
    found.emails.emplace(email.id.str(), email.address);
  return found;
}

// Whoever acts for the site has no account, or not this one.
nlohmann::json describe(const Call& call, const Named& named, const AuditEntry& entry) {
  const bool by_others = !entry.actor.empty() && entry.actor != call.person().account.id.str();
  nlohmann::json event = {{"id", entry.id},           {"at", to_microseconds(entry.at)},
                          {"action", entry.action},   {"ok", entry.outcome == "ok"},
                          {"outcome", entry.outcome}, {"address", entry.address},
                          {"by_others", by_others}};
  if (const auto session = named.sessions.find(entry.details); session != named.sessions.end()) {
    const UserAgent agent = describe_user_agent(session->second);
    event["browser"] = agent.browser;
    event["system"] = agent.system;
  }
  if (const auto email = named.emails.find(entry.details); email != named.emails.end())
    event["email"] = email->second;
  return event;
}

Outcome get(Call& call) {
  const std::string_view after = call.fields["after"];
  const auto before = after.empty() ? std::optional(std::string()) : open(call, after);
  if (!before) return fail("bad_request", 400);
  // One more than is shown says whether there is another page.
  const AccountId& account = call.person().account.id;
  auto [entries, names] = call.services.database.read([&](records::Transaction& tx) {
    return std::pair(records::Audit(tx).about(account, page_size + 1, *before), named(tx, account));
  });
  const bool more = entries.size() > page_size;
  if (more) entries.pop_back();
  nlohmann::json events = nlohmann::json::array();
  for (const AuditEntry& entry : entries) events.push_back(describe(call, names, entry));
  nlohmann::json model = {
      {"any", !entries.empty()}, {"events", std::move(events)}, {"later", !after.empty()}};
  if (more) model["next"] = call.services.path("/activity") + "?after=" + seal(call, entries.back());
  return show("activity", std::move(model));
}

}  // namespace

std::vector<Route> activity_routes() { return {{"/activity", Access::signed_in, get}}; }

}  // namespace doorward::flows
