#include "records/trusted_browser.hpp"

#include <algorithm>
#include <stdexcept>

#include "records/rows.hpp"

namespace doorward::records {
namespace {

constexpr Field fields[] = {{"hash", Type::bytes},
                            {"id", Type::text},
                            {"account", Type::text},
                            {"created_at", Type::time},
                            {"expires_at", Type::time}};
constexpr Index indexes[] = {{"account", false}, {"expires_at", false}};

constexpr std::size_t longest_cookie = TrustedBrowser::most_in_a_browser * (crypto::token_text_size + 1) - 1;

}  // namespace

const Table TrustedBrowser::table{"trusted_browser", fields, indexes};

TrustedBrowser TrustedBrowser::read(std::span<const Value> row) {
  return {std::string(row[0].text), std::string(row[1].text), AccountId(std::string(row[2].text)),
          row[3].time(), row[4].time()};
}

TrustToken TrustedBrowsers::trust(const AccountId& account, Time now, Random& random) {
  TrustToken token = TrustToken::make(random);
  const std::string id = make_uuid(now, random);
  const auto hash = token.hash();
  const Cell cells[] = {{"hash", Value::of_bytes(hash.bytes())},
                        {"id", Value::of_text(id)},
                        {"account", Value::of_text(account.str())},
                        {"created_at", Value::of_time(now)},
                        {"expires_at", Value::of_time(now + TrustedBrowser::lifetime)}};
  if (!tx_.store().insert(TrustedBrowser::table.name, cells))
    throw std::logic_error("a trusted browser's token was made twice");
  return token;
}

// What is longer than a cookie of ours has ever been isn't looked at: each part of it is a question to the store.
std::vector<std::pair<TrustToken, TrustedBrowser>> TrustedBrowsers::known(std::string_view cookie, Time now) {
  std::vector<std::pair<TrustToken, TrustedBrowser>> found;
  if (cookie.size() > longest_cookie) return found;
  while (!cookie.empty()) {
    const std::string_view part = cookie.substr(0, cookie.find('.'));
    cookie.remove_prefix(std::min(part.size() + 1, cookie.size()));
    auto token = TrustToken::parse(part);
    if (!token) continue;
    const auto hash = token->hash();
    auto browser = find_one<TrustedBrowser>(tx_, {{"hash", Test::is, Value::of_bytes(hash.bytes())}});
    if (browser && now < browser->expires_at) found.emplace_back(std::move(*token), std::move(*browser));
  }
  return found;
}

std::string TrustedBrowsers::trust_beside(std::string_view cookie, const AccountId& account, Time now,
                                          Random& random) {
  std::string made = trust(account, now, random).text();
  std::size_t count = 1;
  for (const auto& [token, browser] : known(cookie, now)) {
    if (browser.account == account || count == TrustedBrowser::most_in_a_browser) {
      remove(tx_, TrustedBrowser::table, {{"hash", Test::is, Value::of_bytes(browser.hash)}});
    } else {
      made += "." + token.text();
      ++count;
    }
  }
  return made;
}

std::string TrustedBrowsers::good_of(std::string_view cookie, Time now) {
  std::string good;
  for (const auto& [token, browser] : known(cookie, now)) good += (good.empty() ? "" : ".") + token.text();
  return good;
}

bool TrustedBrowsers::trusts(const AccountId& account, std::string_view cookie, Time now) {
  const auto found = known(cookie, now);
  return std::any_of(found.begin(), found.end(),
                     [&](const auto& one) { return one.second.account == account; });
}

std::int64_t TrustedBrowsers::count(const AccountId& account, Time now) {
  return static_cast<std::int64_t>(
      find_all<TrustedBrowser>(tx_, {{"account", Test::is, Value::of_text(account.str())},
                                     {"expires_at", Test::above, Value::of_time(now)}})
          .size());
}

std::int64_t TrustedBrowsers::remove_of(const AccountId& account) {
  return remove(tx_, TrustedBrowser::table, {{"account", Test::is, Value::of_text(account.str())}});
}

std::int64_t TrustedBrowsers::remove_expired(Time now) {
  const Match expired{"expires_at", Test::below, Value::of_time(now)};
  return remove_some(tx_, TrustedBrowser::table, std::span(&expired, 1), expired.field);
}

}  // namespace doorward::records
