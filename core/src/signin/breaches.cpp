#include "signin/breaches.hpp"

#include <passwdqc.h>

#include <climits>
#include <optional>
#include <string_view>

#include "base/errors.hpp"
#include "base/text.hpp"
#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"

namespace doorward::signin {
namespace {

constexpr std::size_t told_digits = 5;
constexpr std::size_t kept_digits = 35;
constexpr std::size_t longest_answer = 1 << 20;  // of Have I Been Pwned's, the longest have 60 KB

// Lines "<35 digits>:<how often>"; the digits that weren't told, and 0 in lines that are there to hide how many others
// are. None: it isn't such an answer, of which not even one line is missing.
std::optional<bool> holds(std::string_view answer, std::string_view digits) {
  bool found = false;
  if (answer.empty()) return std::nullopt;
  while (!answer.empty()) {
    std::string_view line = answer.substr(0, answer.find('\n'));
    answer.remove_prefix(std::min(line.size() + 1, answer.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() <= kept_digits || line[kept_digits] != ':') return std::nullopt;
    const std::string its = ascii_lower(line.substr(0, kept_digits));
    const std::string_view times = line.substr(kept_digits + 1);
    if (its.find_first_not_of("0123456789abcdef") != std::string::npos || times.empty() ||
        times.find_first_not_of("0123456789") != std::string_view::npos)
      return std::nullopt;
    found = found || (its == digits && times.find_first_not_of('0') != std::string_view::npos);
  }
  return found;
}

}  // namespace

// Its other rules are switched off: this library's only task is to read the filter.
Breach look_up_in_list(const std::string& file, const std::string& password) {
  if (file.empty()) return Breach::none;
  std::string path = file;
  passwdqc_params_t params;
  passwdqc_params_reset(&params);
  params.qc = {};
  params.qc.max = INT_MAX;
  params.qc.filter = path.data();
  const char* reason = passwdqc_check(&params.qc, password.c_str(), nullptr, nullptr);
  if (reason == nullptr) return Breach::none;
  return std::string_view(reason) == "check failed" ? Breach::unanswered : Breach::known;
}

Breach Breaches::look_up(const std::string& password) const {
  const Breach here = look_up_here(password);
  if (here == Breach::unanswered) warn_of_list();
  if (here == Breach::known || settings_.breach_service.empty()) return here;
  const Breach there = ask_service(password);
  return there == Breach::none ? here : there;
}

// A check that is open when it fails could be off for months without a word.
void Breaches::warn_of_list() const {
  const Time now = clock_.now();
  Time before = warned_at_;
  if (now < before + rest && now >= before) return;
  if (warned_at_.compare_exchange_strong(before, now))
    log_.error("password.breach_list " + settings_.breach_list +
               " can't be read, or is no file of pwqfilter");
}

// Of all who come after a rest, one asks, and the others go on resting.
bool Breaches::may_ask() const {
  Time until = rests_until_;
  if (until == Time{}) return true;
  const Time now = clock_.now();
  const bool rests = now < until && until - now <= rest;  // a clock may be set back meanwhile
  return !rests && rests_until_.compare_exchange_strong(until, now + rest);
}

Breach Breaches::ask_service(const std::string& password) const {
  if (!may_ask()) return Breach::unanswered;
  const std::string digits = crypto::hex(crypto::sha1(password));
  std::string why = "what it answers is no list of such digits";
  try {
    const std::string answer =
        parts_.fetch({settings_.breach_service + digits.substr(0, told_digits),
                      "User-Agent: Doorward\nAdd-Padding: true\nAccept: text/plain",
                      settings_.breach_service_ca, settings_.breach_timeout, longest_answer});
    if (const auto found = holds(answer, std::string_view(digits).substr(told_digits))) {
      if (rests_until_.exchange(Time{}) != Time{}) log_.info("the breach service answers again");
      return *found ? Breach::known : Breach::none;
    }
  } catch (const Unavailable& error) {
    why = error.what();
  }
  rests_until_ = clock_.now() + rest;
  log_.error("the breach service can't be asked, and isn't for " + std::to_string(rest.count()) +
             " s: " + settings_.breach_service + ": " + why);
  return Breach::unanswered;
}

}  // namespace doorward::signin
