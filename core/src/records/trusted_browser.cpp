#include "records/trusted_browser.hpp"

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

bool TrustedBrowsers::trusts(const AccountId& account, std::string_view token, Time now) {
  const auto parsed = TrustToken::parse(token);
  if (!parsed) return false;
  const auto hash = parsed->hash();
  const auto found = find_one<TrustedBrowser>(tx_, {{"hash", Test::is, Value::of_bytes(hash.bytes())}});
  return found && found->account == account && now < found->expires_at;
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
