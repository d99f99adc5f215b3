#include "engine/guard.hpp"

#include "http/cookies.hpp"
#include "signin/level.hpp"

namespace doorward::engine {
namespace {

constexpr std::chrono::milliseconds look_up_timeout{2000};

Decision nobody(const Rule& rule) {
  Decision decision;
  decision.verdict = rule.required ? Verdict::sign_in : Verdict::allow;
  return decision;
}

bool lacks_right(const IdentityRef& identity, const Rule& rule) {
  return !rule.role.empty() && !identity->has_role(rule.role);
}

// One who has a second factor and didn't give it, in a trusted browser, can be asked for it.
Verdict level_verdict(const IdentityRef& identity, const Rule& rule, Time now) {
  const unsigned level = signin::level_of(identity->fact(Identity::Fact::methods));
  const bool owes_factor = identity->has_second_factor() && level < 2;
  if (rule.level > level) return owes_factor && rule.level == 2 ? Verdict::step_up : Verdict::forbid;
  if (rule.fresh.count() == 0) return Verdict::allow;
  return owes_factor || identity->authenticated_at() + rule.fresh <= now ? Verdict::step_up : Verdict::allow;
}

}  // namespace

Guard::Guard(records::Database& database, SessionCache& cache, const Clock& clock, Log& log, Site site)
    : database_(database), cache_(cache), clock_(clock), log_(log), site_(std::move(site)) {}

std::string_view Guard::session_token(std::span<const std::string_view> cookie_headers) const {
  for (const std::string_view header : cookie_headers) {
    if (const auto token = http::find_cookie(header, site_.session_cookie)) return *token;
  }
  return {};
}

Decision Guard::judge(IdentityRef identity, const Rule& rule, Time now) {
  Decision decision;
  decision.verdict = Verdict::allow;
  if (rule.required)
    decision.verdict = lacks_right(identity, rule) ? Verdict::forbid : level_verdict(identity, rule, now);
  decision.identity = std::move(identity);
  return decision;
}

Decision Guard::check(std::span<const std::string_view> cookie_headers, const Rule& rule) {
  const std::string_view token = session_token(cookie_headers);
  if (token.empty()) return nobody(rule);
  const Time now = clock_.now();
  if (auto identity = cache_.find(token, now)) return judge(std::move(identity), rule, now);
  if (database_.store().quick()) return look_up(token, rule, now);
  Decision decision;
  decision.verdict = Verdict::ask;
  return decision;
}

Decision Guard::resolve(std::span<const std::string_view> cookie_headers, const Rule& rule) {
  const std::string_view token = session_token(cookie_headers);
  if (token.empty()) return nobody(rule);
  const Time now = clock_.now();
  if (auto identity = cache_.find(token, now)) return judge(std::move(identity), rule, now);
  return look_up(token, rule, now);
}

Decision Guard::look_up(std::string_view token, const Rule& rule, Time now) {
  try {
    const auto parsed = records::SessionToken::parse(token);
    if (!parsed) return nobody(rule);
    // The epochs first, then the store: what is revoked in between makes the remembered session unbelievable. Whose
    // account it is turns out on the way, so nothing is remembered if any account's was revoked meanwhile.
    using records::Epochs;
    const Epochs& epochs = database_.epochs();
    const auto session_seen = epochs.settled(Epochs::session_shard(parsed->hash().bytes()));
    const auto any_seen = epochs.settled(Epochs::any_account);
    auto recognized = database_.read(
        [&](records::Transaction& tx) { return signin::recognize(tx, token, now); }, look_up_timeout);
    if (!recognized) return nobody(rule);
    const auto account_seen = epochs.settled(Epochs::account_shard(recognized->account.id.str()));
    const bool settled =
        session_seen && any_seen && account_seen && epochs.unchanged(Epochs::any_account, *any_seen);
    if (!recognized->account.avatar.empty())
      recognized->picture = site_.pictures + recognized->account.avatar;
    if (!settled) return judge(SessionCache::make(token, *recognized), rule, now);
    return judge(cache_.remember(token, *recognized, *session_seen, *account_seen, now), rule, now);
  } catch (const std::exception& error) {
    log_.error(std::string("session look-up failed: ") + error.what());
    return {};  // broken: nobody passes on a guess, and nobody is sent to sign in in vain
  }
}

}  // namespace doorward::engine
