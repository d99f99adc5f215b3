#include "signin/password_policy.hpp"

#include <zxcvbn.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace doorward::signin {
namespace {

// Fewer guesses than 10^8 are within reach of somebody who tries a list online for a while (zxcvbn's score 3).
constexpr double least_bits = 26.6;
constexpr std::array<double, 4> score_bits{9.97, 19.93, least_bits, 33.2};  // log2 of the guesses
constexpr std::size_t judged_bytes =
    100;  // zxcvbn's time grows with the square; what follows only adds strength

void add_words(std::vector<std::string>& words, std::string_view text) {
  std::string word;
  const auto keep = [&] {
    if (word.size() >= 3) words.push_back(word);
    word.clear();
  };
  for (const char c : ascii_lower(text)) {
    const bool letter =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
    if (letter) {
      word += c;
    } else {
      keep();
    }
  }
  keep();
}

// Every character of the password stands in one of the words or repeats: "ada.lovelace-ada.lovelace".
bool is_made_of(std::string password, const std::vector<std::string>& words) {
  password = ascii_lower(password);
  std::vector<std::string> longest_first = words;
  std::sort(longest_first.begin(), longest_first.end(), [](auto& a, auto& b) { return a.size() > b.size(); });
  for (const std::string& word : longest_first) {
    for (std::size_t at = 0; (at = password.find(word, at)) != std::string::npos;)
      password.erase(at, word.size());
  }
  return code_points(password) < 5;
}

double bits(std::string_view password, const std::vector<std::string>& words) {
  std::vector<const char*> dictionary;
  for (const std::string& word : words) dictionary.push_back(word.c_str());
  dictionary.push_back(nullptr);
  return ZxcvbnMatch(std::string(password.substr(0, judged_bytes)).c_str(), dictionary.data(), nullptr);
}

}  // namespace

std::string normalized_password(std::string_view typed) {
  if (typed.empty() || typed.size() > max_password_bytes || typed.find('\0') != std::string_view::npos)
    return {};
  auto normalized = nfc(typed);
  return normalized && normalized->size() <= max_password_bytes ? std::move(*normalized) : std::string();
}

std::vector<std::string> PasswordPolicy::guesses(const PasswordContext& context) const {
  std::vector<std::string> words = {"doorward"};
  for (const std::string_view text :
       {std::string_view(context.name), std::string_view(context.email), std::string_view(context.login_name),
        std::string_view(context.site_name)}) {
    add_words(words, text);
  }
  for (const std::string& word : rules_.blocked_words) add_words(words, word);
  return words;
}

Result<NewPassword> PasswordPolicy::check(std::string_view typed, const std::vector<std::string>& guesses,
                                          std::string_view field, LookUp look_up) const {
  const std::string at(field);
  if (typed.empty()) return refuse("required", at);
  if (typed.size() > max_password_bytes) return refuse("password_too_long", at);
  std::string password = normalized_password(typed);
  if (password.empty()) return refuse("field_invalid", at);
  if (code_points(password) < rules_.min_length) {
    return refuse(
        Refusal{"password_too_short", at, {{"minimum", std::to_string(rules_.min_length)}}, 422, {}});
  }
  if (is_made_of(password, guesses)) return refuse("password_context", at);
  if (bits(password, guesses) < least_bits) return refuse("password_blocked", at);
  switch ((breaches_.*look_up)(password)) {
    case Breach::none: break;
    case Breach::known: return refuse("password_breached", at);
    case Breach::unanswered:
      if (rules_.breach_on_failure != "accept")
        return refuse(Refusal{"password_unchecked", at, {}, 503, std::chrono::seconds(60)});
  }
  return NewPassword(std::move(password));
}

Result<NewPassword> PasswordPolicy::check(std::string_view typed, const PasswordContext& context,
                                          std::string_view field) const {
  return check(typed, guesses(context), field, &Breaches::look_up);
}

Judgement PasswordPolicy::judge(std::string_view typed, const PasswordContext& context,
                                std::string_view field) const {
  const auto words = guesses(context);
  Judgement judgement;
  if (const auto checked = check(typed, words, field, &Breaches::look_up_here); !checked)
    judgement.refusal = checked.error();
  const double guessed = bits(normalized_password(typed), words);
  for (const double least : score_bits) judgement.score += guessed >= least;
  return judgement;
}

}  // namespace doorward::signin
