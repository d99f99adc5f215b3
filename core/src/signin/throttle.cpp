#include "signin/throttle.hpp"

#include <algorithm>

namespace doorward::signin {
namespace {

constexpr std::chrono::seconds hour{3600};
constexpr std::string_view whole_site = "site";
// NIST SP 800-63B-4 3.2.2 leaves a hundred in all, which the factor's own record counts; delays begin early.
constexpr std::uint32_t factor_failures = 5;

tl::unexpected<Refusal> too_many(std::chrono::seconds wait, const char* code = "too_many_attempts") {
  return refuse(Refusal{code, {}, {{"minutes", std::to_string((wait.count() + 59) / 60)}}, 429, wait});
}

}  // namespace

Throttle::Throttle(http::Limiter& limiter, const settings::Settings::Limits& limits)
    : limiter_(limiter),
      account_{"account", limits.account_failures, limits.window, limits.window},
      device_{"device", limits.account_failures, limits.window, limits.window},
      factor_{"factor", factor_failures, limits.window, limits.window},
      device_factor_{"device factor", factor_failures, limits.window, limits.window},
      network_{"network", limits.address_failures, limits.window, std::chrono::seconds(60)},
      site_{"site", limits.site_failures, limits.window, std::chrono::seconds(1)},
      link_{"link", limits.address_failures, limits.window, std::chrono::seconds(60)},
      links_{"links", limits.site_failures, limits.window, std::chrono::seconds(1)},
      mailbox_{"mailbox", limits.mails_per_address, hour, hour},
      recovery_{"recovery", limits.mails_per_address, hour, hour},
      own_recovery_{"own recovery", limits.mails_per_address, hour, hour},
      asker_{"asker", limits.mails_per_client, hour, hour},
      letters_{"letters", limits.mails_per_site, hour, std::chrono::seconds(1)},
      // More than passwords may be wrong: those are always recorded, and what else is refused should be as a rule.
      record_{"record", 4 * limits.address_failures, limits.window, std::chrono::seconds(10)},
      records_{"records", 4 * limits.site_failures, limits.window, std::chrono::seconds(10)} {}

Result<void> Throttle::attempt_password(const Try& one, Time now) {
  if (!one.device.empty()) {
    const auto wait = limiter_.attempt(device_, one.device, now);
    if (wait.count() != 0) return too_many(wait);
    return {};
  }
  const std::string network = http::address_block(one.address);
  if (const auto wait = limiter_.attempt(account_, one.who, now); wait.count() != 0) return too_many(wait);
  if (const auto wait = limiter_.attempt(network_, network, now); wait.count() != 0) {
    limiter_.refund(account_, one.who, now);
    return too_many(wait);
  }
  if (const auto wait = limiter_.attempt(site_, whole_site, now); wait.count() != 0) {
    limiter_.refund(account_, one.who, now);
    limiter_.refund(network_, network, now);
    return too_many(wait);
  }
  return {};
}

void Throttle::password_was_right(const Try& one, Time now) {
  if (!one.device.empty()) {
    limiter_.forgive(device_, one.device);
    return;
  }
  limiter_.forgive(account_, one.who);
  limiter_.refund(network_, http::address_block(one.address), now);
  limiter_.refund(site_, whole_site, now);
}

Result<void> Throttle::attempt_factor(const Try& one, Time now) {
  const bool known = !one.device.empty();
  const auto wait = limiter_.attempt(known ? device_factor_ : factor_, known ? one.device : one.who, now);
  if (wait.count() != 0) return too_many(wait);
  return {};
}

void Throttle::factor_was_right(const Try& one) {
  if (one.device.empty()) {
    limiter_.forgive(factor_, one.who);
  } else {
    limiter_.forgive(device_factor_, one.device);
  }
}

Result<void> Throttle::attempt_link(std::string_view address, Time now) {
  if (const auto wait = limiter_.attempt(link_, http::address_block(address), now); wait.count() != 0)
    return too_many(wait);
  if (const auto wait = limiter_.attempt(links_, whole_site, now); wait.count() != 0) return too_many(wait);
  return {};
}

bool Throttle::may_record_refusal(std::string_view address, Time now) {
  return limiter_.attempt(record_, http::address_block(address), now).count() == 0 &&
         limiter_.attempt(records_, whole_site, now).count() == 0;
}

Result<void> Throttle::attempt_asking(std::string_view address, Time now) {
  const std::string network = http::address_block(address);
  if (const auto wait = limiter_.attempt(asker_, network, now); wait.count() != 0)
    return too_many(wait, "too_many_mails");
  if (const auto wait = limiter_.attempt(letters_, whole_site, now); wait.count() != 0) {
    limiter_.refund(asker_, network, now);
    return too_many(wait, "too_many_mails");
  }
  return {};
}

Result<void> Throttle::attempt_letter(std::string_view recipient, std::string_view address, Time now) {
  if (const auto wait = limiter_.attempt(mailbox_, recipient, now); wait.count() != 0)
    return too_many(wait, "too_many_mails");
  auto allowed = attempt_asking(address, now);
  if (!allowed) limiter_.refund(mailbox_, recipient, now);
  return allowed;
}

bool Throttle::may_send_recovery(const Try& one, std::chrono::seconds lifetime, Time now) {
  http::LimitRule rule = one.device.empty() ? recovery_ : own_recovery_;
  rule.longest_wait = std::min(rule.longest_wait, lifetime);
  return limiter_.attempt(rule, one.device.empty() ? one.who : one.device, now).count() == 0;
}

}  // namespace doorward::signin
