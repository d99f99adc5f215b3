// Passwords that have leaked from other sites. Two may be asked, each alone or both: a file that ops have made of them, and a
// service that learns five of forty hexadecimal digits of a password's SHA-1 and no more (k-anonymity, as Have I Been Pwned
// has it). docs/guides/breaches.md.
#pragma once
#include <atomic>
#include <chrono>
#include <string>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/parts.hpp"
#include "settings/settings.hpp"

namespace doorward::signin {

enum class Breach { none, known, unanswered };

// `file`: made by passwdqc's pwqfilter, and asked in two reads of 16 bytes wherever it is gigabytes long; nothing of it is
// kept in memory. Empty: none is asked. `password`: as it would be hashed. "Unanswered": the file can't be read or is no
// filter. A filter errs in one of a billion cases at most, and then says "known".
Breach look_up_in_list(const std::string& file, const std::string& password);

class Breaches {  // any thread
 public:
  // How long a service that didn't answer isn't asked again: whoever chooses a password meanwhile doesn't wait for it.
  static constexpr std::chrono::seconds rest{30};

  // All outlive it.
  Breaches(const settings::Settings::Password& settings, Parts& parts, const Clock& clock, Log& log)
      : settings_(settings), parts_(parts), clock_(clock), log_(log) {}

  // Waits for the service for as long as password.breach_timeout says. "Unanswered": one that was asked can't tell, and no
  // other knows the password.
  Breach look_up(const std::string& password) const;
  // For a password that is still being typed: nothing of it leaves the host.
  Breach look_up_here(const std::string& password) const {
    return look_up_in_list(settings_.breach_list, password);
  }

 private:
  Breach ask_service(const std::string& password) const;
  bool may_ask() const;
  void warn_of_list() const;

  const settings::Settings::Password& settings_;
  Parts& parts_;
  const Clock& clock_;
  Log& log_;
  mutable std::atomic<Time> rests_until_{Time{}};  // the epoch: it answers
  mutable std::atomic<Time> warned_at_{Time{}};    // of the list
};

}  // namespace doorward::signin
