#include "signin/gate.hpp"

#include <algorithm>

#include "records/email.hpp"
#include "records/factor.hpp"
#include "records/membership.hpp"
#include "records/trusted_browser.hpp"

namespace doorward::signin {
namespace {

std::string bounded(std::string_view text, std::size_t bytes) { return std::string(text.substr(0, bytes)); }

bool has_verified_address(records::Transaction& tx, const AccountId& account) {
  const auto emails = records::Emails(tx).of_account(account);
  return std::any_of(emails.begin(), emails.end(),
                     [](const auto& email) { return email.verified_at.has_value(); });
}

// A session can be renewed while it is there: whoever has ended it meanwhile has ended what would take its place.
bool is_renewable(records::Transaction& tx, const Evidence& evidence, const Way& way) {
  if (evidence.renewed().empty()) return true;
  if (way.replaces == nullptr || way.replaces->hash != evidence.renewed() ||
      way.replaces->backup != way.backup)
    return false;
  return records::Sessions(tx).by_hash(records::SessionHash::from_stored(evidence.renewed())).has_value();
}

// A trusted browser stands in for the second factor where somebody signs in, and nowhere else.
bool lacks_second_factor(records::Transaction& tx, const Evidence& evidence, const Way& way, Time now) {
  if (evidence.settles_second_factor() || !records::Factors(tx).has_any(evidence.account())) return false;
  return way.backup || !records::TrustedBrowsers(tx).trusts(evidence.account(), way.trust, now);
}

struct Life {
  std::chrono::seconds absolute, idle;
};

Life life_of(const Way& way, const settings::Settings::Session& policy) {
  if (way.backup) return {policy.backup_lifetime, policy.backup_lifetime};
  if (way.remember) return {policy.remembered_lifetime, policy.remembered_idle};
  return {policy.lifetime, policy.idle};
}

}  // namespace

Result<IssuedSession> issue_session(records::Transaction& tx, const Evidence& evidence, const Way& way,
                                    const settings::Settings::Session& policy, Time now, Random& random) {
  const auto account = records::Accounts(tx).by_id(evidence.account());
  if (!account || !account->active() || !evidence.holds_for(*account) ||
      !has_verified_address(tx, account->id) || !is_renewable(tx, evidence, way)) {
    return refuse("invalid_credentials");
  }
  if (way.backup && !records::Memberships(tx).is_site_administrator(account->id)) {
    return refuse("not_administrator");
  }
  if (lacks_second_factor(tx, evidence, way, now)) return refuse("second_factor_required");
  if (account->must_change_password) return refuse("password_change_required");

  const Life life = life_of(way, policy);
  auto token = records::SessionToken::make(random);
  records::Session session;
  session.hash = token.hash().bytes();
  session.id = SessionId::make(now, random);
  session.account = account->id;
  session.methods = evidence.methods();
  session.backup = way.backup;
  session.created_at = session.last_seen_at = now;
  session.authenticated_at = evidence.authenticated_at(now);
  session.expires_at = now + life.absolute;
  session.idle = life.idle;
  session.browser = bounded(way.browser, 256);
  session.address = bounded(way.address, 64);

  records::Sessions sessions(tx);
  if (way.replaces != nullptr) {
    const bool same = way.replaces->account == account->id && way.replaces->backup == way.backup;
    if (same && !way.remember) {  // shown once more who one is: the session goes on as it was
      session.created_at = way.replaces->created_at;
      session.expires_at =
          std::min(way.replaces->expires_at, now + std::max(life.absolute, policy.remembered_lifetime));
      session.idle = way.replaces->idle;
    }
    sessions.end(*way.replaces);
  }
  sessions.insert(session);
  return IssuedSession(std::move(session), std::move(token));
}

std::optional<IssuedSession> renew_session(records::Transaction& tx, const records::Session& session,
                                           Random& random) {
  records::Sessions sessions(tx);
  for (records::Session& known : sessions.of_account(session.account)) {
    if (known.hash != session.hash) continue;
    sessions.end(known);
    auto token = records::SessionToken::make(random);
    known.hash = token.hash().bytes();
    sessions.insert(known);
    return IssuedSession(std::move(known), std::move(token));
  }
  return std::nullopt;
}

}  // namespace doorward::signin
