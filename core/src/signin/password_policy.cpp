#include "signin/password_policy.hpp"

#include <zxcvbn.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/fold.hpp"
#include "base/text.hpp"
#include "signin/common_words.hpp"

namespace doorward::signin {
namespace {

// Fewer guesses than 10^8 are within reach of somebody who tries a list online for a while (zxcvbn's score 3).
constexpr double least_bits = 26.6;
constexpr std::array<double, 4> score_bits{9.97, 19.93, least_bits, 33.2};  // log2 of the guesses
// Of one that is said again and again: one of the 64 that come to mind first.
constexpr double bits_of_a_character = 6;
constexpr std::size_t judged_bytes =
    100;  // zxcvbn's time grows with the square; what follows only adds strength

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

// Its words, from two characters on, and all of them in a row as people write their name without spaces.
void add_words(std::vector<std::string>& words, std::string_view text) {
  std::string word, all;
  const auto keep = [&] {
    if (code_points(word) >= 2) words.push_back(word);
    word.clear();
  };
  for (const char c : folded(text)) {
    if (!is_letter(c)) {
      keep();
      continue;
    }
    word += c;
    all += c;
  }
  keep();
  if (code_points(all) >= 3) words.push_back(all);
}

bool is_number(std::string_view text) { return text.find_first_not_of("0123456789") == std::string::npos; }

// What is left of it without the words and what joins them is hardly anything, or a number such as a year:
// "ada.lovelace-ada.lovelace", "Lovelace, Ada 1815".
bool is_made_of(std::string_view password, const std::vector<std::string>& words) {
  std::string left = folded(password);
  std::vector<std::string> longest_first = words;
  std::sort(longest_first.begin(), longest_first.end(), [](auto& a, auto& b) { return a.size() > b.size(); });
  bool found = false;
  for (const std::string& word : longest_first) {
    for (std::size_t at = 0; (at = left.find(word, at)) != std::string::npos; found = true)
      left.replace(at, word.size(), " ");
  }
  std::erase_if(left, [](char c) { return !is_letter(c); });
  return found && (code_points(left) < 5 || (is_number(left) && left.size() <= 8));
}

double bits(std::string_view password, const std::vector<std::string>& words) {
  std::vector<const char*> dictionary;
  for (const std::string& word : words) dictionary.push_back(word.c_str());
  dictionary.push_back(nullptr);
  return ZxcvbnMatch(std::string(password.substr(0, judged_bytes)).c_str(), dictionary.data(), nullptr);
}

// What it begins with and then says again and again, to its end; all of it, where it doesn't.
std::string_view unit_of(std::string_view text) {
  // Of each beginning of it: the longest that it also ends with (Knuth, Morris, Pratt).
  std::vector<std::size_t> border(text.size() + 1, 0);
  for (std::size_t i = 1, length = 0; i < text.size(); ++i) {
    while (length > 0 && text[i] != text[length]) length = border[length];
    if (text[i] == text[length]) ++length;
    border[i + 1] = length;
  }
  const std::size_t period = text.size() - border[text.size()];
  return period <= text.size() / 2 ? text.substr(0, period) : text;
}

// In scripts that zxcvbn doesn't know, every byte looks like a character of its own. So what is only said several times counts by
// what is said, and characters that are others in another width count as those.
double guessed_bits(const std::string& password, const std::vector<std::string>& words) {
  double least = bits(password, words);
  const bool is_ascii = std::all_of(password.begin(), password.end(),
                                    [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  const std::string plain = is_ascii ? password : nfkc_casefold(password).value_or(password);
  if (!is_ascii) least = std::min(least, bits(plain, words));
  const std::string_view unit = unit_of(plain);
  if (unit.size() == plain.size()) return least;
  const double times = static_cast<double>(plain.size()) / static_cast<double>(unit.size());
  const double once = bits_of_a_character * static_cast<double>(code_points(unit));
  return std::min(least, std::min(bits(unit, words), once) + std::log2(times));
}

}  // namespace

std::string normalized_password(std::string_view typed) {
  if (typed.empty() || typed.size() > max_password_bytes || typed.find('\0') != std::string_view::npos)
    return {};
  auto normalized = nfc(typed);
  return normalized && normalized->size() <= max_password_bytes ? std::move(*normalized) : std::string();
}

PasswordPolicy::Words PasswordPolicy::words(const PasswordContext& context) const {
  Words words{{"doorward"}, {common_words.begin(), common_words.end()}};
  for (const std::string_view word : common_words) words.all.push_back(folded(word));
  for (const std::string_view text :
       {std::string_view(context.name), std::string_view(context.email), std::string_view(context.login_name),
        std::string_view(context.site_name)}) {
    add_words(words.own, text);
  }
  for (const std::string& word : rules_.blocked_words) add_words(words.all, word);
  words.all.insert(words.all.end(), words.own.begin(), words.own.end());
  return words;
}

Result<NewPassword> PasswordPolicy::check(std::string_view typed, const Words& words, std::string_view field,
                                          LookUp look_up) const {
  const std::string at(field);
  if (typed.empty()) return refuse("required", at);
  if (typed.size() > max_password_bytes) return refuse("password_too_long", at);
  std::string password = normalized_password(typed);
  if (password.empty()) return refuse("field_invalid", at);
  if (code_points(password) < rules_.min_length) {
    return refuse(
        Refusal{"password_too_short", at, {{"minimum", std::to_string(rules_.min_length)}}, 422, {}});
  }
  if (is_made_of(password, words.own)) return refuse("password_context", at);
  if (is_made_of(password, words.all) || guessed_bits(password, words.all) < least_bits)
    return refuse("password_blocked", at);
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
  return check(typed, words(context), field, &Breaches::look_up);
}

Judgement PasswordPolicy::judge(std::string_view typed, const PasswordContext& context,
                                std::string_view field) const {
  const Words words = this->words(context);
  Judgement judgement;
  if (const auto checked = check(typed, words, field, &Breaches::look_up_here); !checked)
    judgement.refusal = checked.error();
  const double guessed = guessed_bits(normalized_password(typed), words.all);
  for (const double least : score_bits) judgement.score += guessed >= least;
  return judgement;
}

}  // namespace doorward::signin
