#include "common/header.hpp"

#include <algorithm>
#include <cstdint>
#include <doorward/sdk/mailer.hpp>

#include "common/utf8.hpp"

namespace doorward::mailer {
namespace {

constexpr std::size_t line_limit = 76;   // RFC 2047 2: of a line with an encoded word
constexpr std::size_t token_limit = 64;  // fits behind the longest field name used here

[[noreturn]] void invalid(std::string_view what, std::string_view why) {
  throw sdk::Failure(sdk::Status::invalid, std::string(what) + " " + std::string(why));
}

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_atom(char c) {  // RFC 5322 3.2.3 atext
  return is_alphanumeric(c) || std::string_view("!#$%&'*+/=?^_`{|}~-").find(c) != std::string_view::npos;
}

bool is_printable_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

bool is_domain(std::string_view domain) {
  if (domain.empty() || domain.size() > 253) return false;
  while (true) {
    const auto dot = domain.find('.');
    const auto label = domain.substr(0, dot);
    const bool good =
        !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
        std::all_of(label.begin(), label.end(), [](char c) { return is_alphanumeric(c) || c == '-'; });
    if (!good) return false;
    if (dot == std::string_view::npos) return true;
    domain.remove_prefix(dot + 1);
  }
}

// The same unread as read: nothing that folding or a reader of encoded words would change.
bool is_plain(std::string_view value) {
  if (!is_printable_ascii(value) || value.find("=?") != std::string_view::npos) return false;
  std::size_t run = 0;
  for (const char c : value) {
    if (c == ' ' && run == 0) return false;  // leading or double white space
    run = c == ' ' ? 0 : run + 1;
    if (run > token_limit) return false;
  }
  return value.empty() || value.back() != ' ';
}

std::string base64(std::string_view bytes) {
  static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t j = 0; j < 3; ++j)
      group = group << 8 | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0u);
    for (std::size_t j = 0; j < 4; ++j) out += j <= count ? digits[group >> (18 - 6 * j) & 63] : '=';
  }
  return out;
}

// RFC 2047 5 (3): the set that is safe in names too.
bool is_bare_in_q(char c) {
  return is_alphanumeric(c) || std::string_view("!*+-/").find(c) != std::string_view::npos;
}

std::string q_encoded(std::string_view bytes) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == ' ') {
      out += '_';
    } else if (is_bare_in_q(c)) {
      out += c;
    } else {
      out += '=';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

}  // namespace

void require_line(std::string_view text, std::string_view what) {
  while (!text.empty()) {
    const Character next = first_character(text);
    if (next.size == 0) invalid(what, "is not UTF-8");
    if (is_control(next.point)) invalid(what, "holds a control character");
    text.remove_prefix(next.size);
  }
}

std::string addr_spec(std::string_view address, std::string_view what) {
  const auto at = address.rfind('@');
  if (at == std::string_view::npos || at == 0) invalid(what, "is not an e-mail address");
  const auto local = address.substr(0, at);
  const auto domain = address.substr(at + 1);
  const bool good_local = local.size() <= 64 && std::all_of(local.begin(), local.end(),
                                                            [](char c) { return is_atom(c) || c == '.'; });
  if (!good_local) invalid(what, "has a local part that can't be mailed to");
  if (!is_domain(domain)) invalid(what, "has a domain that is not made of A-labels");
  const bool dot_atom =
      local.front() != '.' && local.back() != '.' && local.find("..") == std::string_view::npos;
  const std::string quote = dot_atom ? "" : "\"";
  return quote + std::string(local) + quote + "@" + std::string(domain);
}

Field::Field(std::string_view name) : out_(std::string(name) + ":"), column_(out_.size()) {}

Field& Field::token(std::string_view token) {
  const bool first = out_.back() == ':' && column_ == out_.size();
  if (!first && column_ + 1 + token.size() > line_limit) {
    out_ += "\r\n";
    column_ = 0;
  }
  out_ += ' ';
  out_ += token;
  column_ += 1 + token.size();
  return *this;
}

Field& Field::text(std::string_view value) {
  if (!is_plain(value)) {
    encoded_words(value);
    return *this;
  }
  while (!value.empty()) {
    const auto space = value.find(' ');
    token(value.substr(0, space));
    value.remove_prefix(space == std::string_view::npos ? value.size() : space + 1);
  }
  return *this;
}

Field& Field::mailbox(std::string_view name, std::string_view address) {
  if (name.empty()) return token(address);
  const bool quotable =
      is_printable_ascii(name) && name.find("=?") == std::string_view::npos && name.size() < token_limit - 2;
  if (quotable) {
    std::string quoted = "\"";
    for (const char c : name) {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += c;
    }
    token(quoted + "\"");
  } else {
    encoded_words(name);
  }
  return token("<" + std::string(address) + ">");
}

// Whole characters in each word (RFC 2047 5): a reader decodes words one by one.
void Field::encoded_words(std::string_view value) {
  const bool q = q_encoded(value).size() <= base64(value).size();
  const auto encode = [q](std::string_view part) { return q ? q_encoded(part) : base64(part); };
  const std::string_view open = q ? "=?utf-8?q?" : "=?utf-8?b?";
  while (!value.empty()) {
    std::size_t taken = 0;
    std::string word;
    while (taken < value.size()) {
      const std::size_t next = taken + std::max<std::size_t>(1, first_character(value.substr(taken)).size);
      std::string longer = encode(value.substr(0, next));
      if (open.size() + longer.size() + 2 > token_limit) break;
      word = std::move(longer);
      taken = next;
    }
    token(std::string(open) + word + "?=");
    value.remove_prefix(taken);
  }
}

std::string Field::line() const { return out_ + "\r\n"; }

}  // namespace doorward::mailer
