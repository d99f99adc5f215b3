// What a new password has to be: long enough, not one that everybody guesses first, not made of the person's own name.
// NIST SP 800-63B-4 3.1.1.2: length in code points, no composition rules, a blocklist, the whole password, Unicode normalized.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "settings/settings.hpp"

namespace doorward::signin {

inline constexpr std::size_t max_password_bytes = 1024;

// A password as it is hashed: RFC 8265 OpaqueString (NFC; nothing trimmed, no case changed). Empty: can't be one,
// whatever is stored (not UTF-8, empty, NUL, over 1,024 bytes).
std::string normalized_password(std::string_view typed);

struct PasswordContext {  // words that a guesser would try first for this person
  std::string name, email, login_name, site_name;
};

// One that may become somebody's password; only the policy makes it.
class NewPassword {
 public:
  const std::string& text() const { return text_; }

 private:
  friend Result<NewPassword> check_new_password(std::string_view, const PasswordContext&,
                                                const settings::Settings::Password&, std::string_view);
  explicit NewPassword(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

// Refused at `field` with "password_too_short" {minimum}, "password_too_long", "password_blocked", "password_context"
// (made of the person's or the site's own names), "password_breached", "password_unchecked" (503: the breach list can't be
// read, and the site wants it so), "field_invalid".
Result<NewPassword> check_new_password(std::string_view typed, const PasswordContext& context,
                                       const settings::Settings::Password& policy, std::string_view field);

// What can be said of a password while it is typed.
struct Judgement {
  int score = 0;                   // 0 to 4, by how many guesses it takes: 10^3, 10^6, 10^8, 10^10 (zxcvbn)
  std::optional<Refusal> refusal;  // none: it would be taken
};
Judgement judge_password(std::string_view typed, const PasswordContext& context,
                         const settings::Settings::Password& policy, std::string_view field);

}  // namespace doorward::signin
