// How often passwords and second factors may be tried, and letters asked for: for one account, from one network, on the whole
// site. A browser that has signed in as this account before has tries of its own, so that a stranger can't lock the owner
// out; all such of an account together have a multiple of them, however many there are.
#pragma once
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "http/limiter.hpp"
#include "settings/settings.hpp"

namespace doorward::signin {

struct Try {
  std::string who;         // the account's id; empty: there is no such account
  std::string address;     // the client's
  std::string device;      // Browsers::device_of(): empty where it is none of this account
  std::string typed = {};  // the identifier, canonical; empty: who asks is signed in
};

enum class Attempt {
  open,  // look at the password
  // And refuse it whatever it is, as a wrong one: so many were wrong by other identifiers of this account. A refusal that says
  // so would tell that they are one person's (docs/decisions/0020).
  silenced
};

class Throttle {  // any thread
 public:
  Throttle(http::Limiter& limiter, const settings::Settings::Limits& limits);

  // To be asked before a password is looked at. Refused with "too_many_attempts" (429) and the time to wait.
  Result<Attempt> attempt_password(const Try& one, Time now);
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
  // May administrators be told that `account`, which is none of theirs, came to their door? Once an hour, and of a few
  // accounts of the site. Told to nobody.
  bool may_tell_of_outsider(std::string_view account, Time now);

  // For judging a password that somebody types: generous, so that it costs nobody much and answers no list. Refused with
  // "too_many_attempts" (429).
  Result<void> attempt_judging(std::string_view address, Time now);
  // How long news of sign-ins of this account are to be held back, so that one letter tells of what happens meanwhile, too.
  // 0: the letter goes at once, and counts. Whoever knows the password can so fill no mailbox.
  std::chrono::seconds hold_back_news(const std::string& account, Time now);

  // For a change of how somebody signs in, which writes letters and keeps what they offer. Refused as attempt_password is.
  Result<void> attempt_change(std::string_view account, Time now);
  // For a change of profile, preferences or notifications, each of which is on record. Refused as attempt_password is.
  Result<void> attempt_setting(std::string_view account, Time now);
  // For a picture to be made anew. Refused as attempt_password is.
  Result<void> attempt_picture(std::string_view account, Time now);
  // For all that is held about an account: much to read for one request. Refused as attempt_password is.
  Result<void> attempt_export(std::string_view account, Time now);

 private:
  http::Limiter& limiter_;
  Result<Attempt> attempt_on_device(const Try& one, Time now);
  Result<Attempt> attempt_as_stranger(const Try& one, Time now);
  http::LimitRule account_, typed_, device_, devices_, factor_, device_factor_, device_factors_, network_,
      site_, link_, links_, mailbox_, recovery_, own_recovery_, own_recoveries_, asker_, letters_, news_,
      outsider_, outsiders_, judge_, judges_, record_, records_, change_, setting_, picture_, export_;
};

}  // namespace doorward::signin
