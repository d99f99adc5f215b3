// How often passwords and second factors may be tried, and letters asked for: for one account, from one network, on the whole
// site. A browser that has signed in as this account before has tries of its own, so that a stranger can't lock the owner out.
#pragma once
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "http/limiter.hpp"
#include "settings/settings.hpp"

namespace doorward::signin {

struct Try {
  std::string who;      // the account's id, or what was typed where there is no such account
  std::string address;  // the client's
  std::string device;   // the device cookie, where it is one of this account; else empty
};

class Throttle {  // any thread
 public:
  Throttle(http::Limiter& limiter, const settings::Settings::Limits& limits);

  // To be asked before a password is looked at. Refused with "too_many_attempts" (429) and the time to wait.
  Result<void> attempt_password(const Try& one, Time now);
  void password_was_right(const Try& one, Time now);
  // To be asked before a second factor is looked at, whoever of one account and device brings it.
  Result<void> attempt_factor(const Try& one, Time now);
  void factor_was_right(const Try& one);
  // For a link behind which nothing was found. Links that are good are never refused: nobody guesses them.
  Result<void> attempt_link(std::string_view address, Time now);
  // Is one more refused request of this network to be written down? Told to nobody.
  bool may_record_refusal(std::string_view address, Time now);
  // For asking for a letter, whoever it is for: by network and site. Refused with "too_many_mails" (429).
  Result<void> attempt_asking(std::string_view address, Time now);
  // And for one to `recipient`, whoever asks.
  Result<void> attempt_letter(std::string_view recipient, std::string_view address, Time now);
  // May this account be sent another recovery letter? Asked when it is written, of `who` as in Try; what it says is told to
  // nobody. The wait is never longer than `lifetime`, that of the letter: at any time either the last one still holds or the
  // next one is sent.
  bool may_send_recovery(const Try& one, std::chrono::seconds lifetime, Time now);

 private:
  http::Limiter& limiter_;
  http::LimitRule account_, device_, factor_, device_factor_, network_, site_, link_, links_, mailbox_,
      recovery_, own_recovery_, asker_, letters_, record_, records_;
};

}  // namespace doorward::signin
