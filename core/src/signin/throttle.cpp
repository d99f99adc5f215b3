#include "signin/throttle.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace doorward::signin {
namespace {

constexpr std::chrono::seconds hour{3600};
constexpr std::chrono::seconds shortest_hold{600};
constexpr std::string_view whole_site = "site";
constexpr std::uint32_t busy_devices = 5;  // of one account, that all use up what is their own
// NIST SP 800-63B-4 3.2.2 leaves a hundred in all, which the factor's own record counts; delays begin early.
constexpr std::uint32_t factor_failures = 5;

tl::unexpected<Refusal> too_many(std::chrono::seconds wait, const char* code = "too_many_attempts") {
  return refuse(Refusal{code, {}, {{"minutes", std::to_string((wait.count() + 59) / 60)}}, 429, wait});
}

Result<void> count(http::Limiter& limiter, const http::LimitRule& rule, std::string_view key, Time now) {
  if (const auto wait = limiter.attempt(rule, key, now); wait.count() != 0) return too_many(wait);
  return {};
}

// Tries that are counted one after another, and taken back together where a later one is refused.
class Counted {
 public:
  Counted(http::Limiter& limiter, Time now) : limiter_(limiter), now_(now) {}

  bool add(const http::LimitRule& rule, const std::string& key) {
    const auto wait = limiter_.attempt(rule, key, now_);
    if (wait.count() != 0) {
      wait_ = wait;
      return false;
    }
    made_.emplace_back(&rule, key);
    return true;
  }
  void take_back() {
    for (const auto& [rule, key] : made_) limiter_.refund(*rule, key, now_);
  }
  std::chrono::seconds wait() const { return wait_; }  // of the one that was refused last

 private:
  http::Limiter& limiter_;
  Time now_;
  std::chrono::seconds wait_{0};
  std::vector<std::pair<const http::LimitRule*, std::string>> made_;
};

}  // namespace

Throttle::Throttle(http::Limiter& limiter, const settings::Settings::Limits& limits)
    : limiter_(limiter),
      account_{"account", limits.account_failures, limits.window, limits.window},
      typed_{"typed", limits.account_failures, limits.window, limits.window},
      device_{"device", limits.account_failures, limits.window, limits.window},
      devices_{"devices", busy_devices * limits.account_failures, limits.window, limits.window},
      factor_{"factor", factor_failures, limits.window, limits.window},
      device_factor_{"device factor", factor_failures, limits.window, limits.window},
      device_factors_{"device factors", busy_devices * factor_failures, limits.window, limits.window},
      network_{"network", limits.address_failures, limits.window, std::chrono::seconds(60)},
      site_{"site", limits.site_failures, limits.window, std::chrono::seconds(1)},
      link_{"link", limits.address_failures, limits.window, std::chrono::seconds(60)},
      links_{"links", limits.site_failures, limits.window, std::chrono::seconds(1)},
      mailbox_{"mailbox", limits.mails_per_address, hour, hour},
      recovery_{"recovery", limits.mails_per_address, hour, hour},
      own_recovery_{"own recovery", limits.mails_per_address, hour, hour},
      own_recoveries_{"own recoveries", busy_devices * limits.mails_per_address, hour, hour},
      asker_{"asker", limits.mails_per_client, hour, hour},
      letters_{"letters", limits.mails_per_site, hour, std::chrono::seconds(1)},
      news_{"news", 3, hour, hour},
      outsider_{"outsider", 1, hour, hour, hour},
      outsiders_{"outsiders", 10, hour, hour},
      judge_{"judge", 20 * limits.address_failures, limits.window, std::chrono::seconds(60)},
      judges_{"judges", 20 * limits.site_failures, limits.window, std::chrono::seconds(1)},
      // More than passwords may be wrong: those are always recorded, and what else is refused should be as a rule.
      record_{"record", 4 * limits.address_failures, limits.window, std::chrono::seconds(10)},
      records_{"records", 4 * limits.site_failures, limits.window, std::chrono::seconds(10)},
      change_{"change", 30, hour, hour},
      setting_{"setting", 120, hour, hour},
      picture_{"picture", 30, hour, hour},
      export_{"export", 5, hour, hour} {}

Result<Attempt> Throttle::attempt_password(const Try& one, Time now) {
  return one.device.empty() ? attempt_as_stranger(one, now) : attempt_on_device(one, now);
}

Result<Attempt> Throttle::attempt_on_device(const Try& one, Time now) {
  if (const auto wait = limiter_.attempt(device_, one.device, now); wait.count() != 0) return too_many(wait);
  if (const auto wait = limiter_.attempt(devices_, one.who, now); wait.count() != 0) {
    limiter_.refund(device_, one.device, now);
    return too_many(wait);
  }
  return Attempt::open;
}

// What is refused openly must not depend on whether there is an account: what was typed is counted in any case, and the account,
// one for all its identifiers, beside it.
Result<Attempt> Throttle::attempt_as_stranger(const Try& one, Time now) {
  Counted counted(limiter_, now);
  if (!one.typed.empty() && !counted.add(typed_, one.typed)) return too_many(counted.wait());
  const bool silenced = !one.who.empty() && !counted.add(account_, one.who);
  if (silenced && one.typed.empty()) return too_many(counted.wait());
  for (const auto& [rule, key] :
       {std::pair(&network_, http::address_block(one.address)), std::pair(&site_, std::string(whole_site))}) {
    if (counted.add(*rule, key)) continue;
    counted.take_back();
    return too_many(counted.wait());
  }
  return silenced ? Attempt::silenced : Attempt::open;
}

void Throttle::password_was_right(const Try& one, Time now) {
  if (!one.device.empty()) {
    limiter_.forgive(device_, one.device);
    limiter_.forgive(devices_, one.who);
    return;
  }
  limiter_.forgive(account_, one.who);
  if (!one.typed.empty()) limiter_.forgive(typed_, one.typed);
  limiter_.refund(network_, http::address_block(one.address), now);
  limiter_.refund(site_, whole_site, now);
}

Result<void> Throttle::attempt_factor(const Try& one, Time now) {
  Counted counted(limiter_, now);
  if (one.device.empty() && !counted.add(factor_, one.who)) return too_many(counted.wait());
  if (!one.device.empty() &&
      !(counted.add(device_factor_, one.device) && counted.add(device_factors_, one.who))) {
    counted.take_back();
    return too_many(counted.wait());
  }
  return {};
}

void Throttle::factor_was_right(const Try& one) {
  if (one.device.empty()) {
    limiter_.forgive(factor_, one.who);
  } else {
    limiter_.forgive(device_factor_, one.device);
    limiter_.forgive(device_factors_, one.who);
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

bool Throttle::may_tell_of_outsider(std::string_view account, Time now) {
  return limiter_.attempt(outsider_, account, now).count() == 0 &&
         limiter_.attempt(outsiders_, whole_site, now).count() == 0;
}

bool Throttle::may_send_recovery(const Try& one, std::chrono::seconds lifetime, Time now) {
  const auto allowed = [&](http::LimitRule rule, std::string_view key) {
    rule.longest_wait = std::min(rule.longest_wait, lifetime);
    return limiter_.attempt(rule, key, now).count() == 0;
  };
  if (one.device.empty()) return allowed(recovery_, one.who);
  if (!allowed(own_recovery_, one.device)) return false;
  if (allowed(own_recoveries_, one.who)) return true;
  limiter_.refund(own_recovery_, one.device, now);
  return false;
}

Result<void> Throttle::attempt_judging(std::string_view address, Time now) {
  if (const auto wait = limiter_.attempt(judge_, http::address_block(address), now); wait.count() != 0)
    return too_many(wait);
  if (const auto wait = limiter_.attempt(judges_, whole_site, now); wait.count() != 0) return too_many(wait);
  return {};
}

std::chrono::seconds Throttle::hold_back_news(const std::string& account, Time now) {
  const auto wait = limiter_.attempt(news_, account, now);
  return wait.count() == 0 ? wait : std::max(wait, shortest_hold);
}

Result<void> Throttle::attempt_change(std::string_view account, Time now) {
  return count(limiter_, change_, account, now);
}

Result<void> Throttle::attempt_setting(std::string_view account, Time now) {
  return count(limiter_, setting_, account, now);
}

Result<void> Throttle::attempt_picture(std::string_view account, Time now) {
  return count(limiter_, picture_, account, now);
}

Result<void> Throttle::attempt_export(std::string_view account, Time now) {
  return count(limiter_, export_, account, now);
}

}  // namespace doorward::signin
