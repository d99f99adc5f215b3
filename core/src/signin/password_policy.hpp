// What a new password has to be: long enough, not one that everybody guesses first, not made of the person's own name.
// NIST SP 800-63B-4 3.1.1.2: length in code points, no composition rules, a blocklist, the whole password, Unicode normalized.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "settings/settings.hpp"
#include "signin/breaches.hpp"

namespace doorward::signin {

inline constexpr std::size_t max_password_bytes = 1024;

// A password as it is hashed: RFC 8265 OpaqueString (NFC; nothing trimmed, no case changed). Empty: can't be one,
// whatever is stored (not UTF-8, empty, NUL, over 1,024 bytes).
std::string normalized_password(std::string_view typed);

struct PasswordContext {  // words that a guesser would try first for this person
  std::string name;
  std::string email;  // or several, with spaces between
  std::string login_name, site_name;
};

struct Judgement {                 // of a password while it is typed
  int score = 0;                   // 0 to 4, by how many guesses it takes: 10^3, 10^6, 10^8, 10^10 (zxcvbn)
  std::optional<Refusal> refusal;  // none: as far as this host knows, it would be taken
};

// One that may become somebody's password; only the policy makes it.
class NewPassword {
 public:
  const std::string& text() const { return text_; }

 private:
  friend class PasswordPolicy;
  explicit NewPassword(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

class PasswordPolicy {  // any thread
 public:
  PasswordPolicy(const settings::Settings::Password& rules, const Breaches& breaches)  // both outlive it
      : rules_(rules), breaches_(breaches) {}

  // May wait for the breach service: not within a transaction. Refused at `field` with "required", "password_too_short"
  // {minimum}, "password_too_long", "password_blocked", "password_context" (made of the person's or the site's own names),
  // "password_breached", "password_unchecked" (503: whether it has leaked can't be told, and the site wants it so),
  // "field_invalid".
  Result<NewPassword> check(std::string_view typed, const PasswordContext& context,
                            std::string_view field) const;
  Judgement judge(std::string_view typed, const PasswordContext& context, std::string_view field) const;

 private:
  using LookUp = Breach (Breaches::*)(const std::string&) const;
  struct Words {                   // folded
    std::vector<std::string> own;  // the person's and the site's
    std::vector<std::string> all;  // and those that everybody tries
  };
  Words words(const PasswordContext& context) const;
  Result<NewPassword> check(std::string_view typed, const Words& words, std::string_view field,
                            LookUp look_up) const;

  const settings::Settings::Password& rules_;
  const Breaches& breaches_;
};

}  // namespace doorward::signin
