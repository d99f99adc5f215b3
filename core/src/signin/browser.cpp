#include "signin/browser.hpp"

#include <charconv>
#include <optional>

#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"
#include "crypto/token.hpp"

namespace doorward::signin {
namespace {
constexpr std::size_t device_id_size = 22;  // 16 bytes as base64url
constexpr std::size_t issued_size = 10;     // seconds since 1970: of all times from 2001 to 2286
constexpr std::size_t mark_size = 1 + issued_size + crypto::token_text_size;  // with the point before it
constexpr std::size_t most_marks = 4;
constexpr std::size_t csrf_salt_size = 12;

std::string seconds_of(Time time) {
  return std::to_string(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
}

std::optional<Time> time_of(std::string_view issued) {
  std::int64_t seconds = 0;
  const auto end = std::from_chars(issued.data(), issued.data() + issued.size(), seconds);
  if (end.ec != std::errc() || end.ptr != issued.data() + issued.size()) return std::nullopt;
  return Time(std::chrono::seconds(seconds));
}

}  // namespace

std::string Browsers::make_id(Random& random) { return crypto::base64url(random.bytes(crypto::token_size)); }

bool Browsers::is_id(std::string_view cookie) {
  if (cookie.size() != crypto::token_text_size) return false;
  const auto bytes = crypto::from_base64url(cookie);
  return bytes && bytes->size() == crypto::token_size;
}

std::string Browsers::csrf_proof(std::string_view key_id, std::string_view id, std::string_view salt) const {
  return crypto::base64url(keys_.derive(key_id, "csrf", std::string(id).append("|").append(salt)));
}

std::string Browsers::csrf_token(std::string_view id, Random& random) const {
  const std::string salt = crypto::base64url(random.bytes(csrf_salt_size / 4 * 3));
  return salt + csrf_proof(keys_.current(), id, salt);
}

bool Browsers::is_csrf_token(std::string_view id, std::string_view token) const {
  if (!is_id(id) || token.size() <= csrf_salt_size) return false;
  const std::string_view salt = token.substr(0, csrf_salt_size), proof = token.substr(csrf_salt_size);
  // A form that was shown before the key ring got a new first key is good, too.
  for (const std::string& key : keys_.ids()) {
    if (crypto::equal(proof, csrf_proof(key, id, salt))) return true;
  }
  return false;
}

std::string Browsers::binding(std::string_view id) const {
  // No key of the ring is in it: what the store keeps would else be nobody's once that has a new one. The id has 256 bits.
  return is_id(id) ? crypto::sha256("browser|" + std::string(id)) : std::string();
}

// Of this password: who knew another one, and signed in with it, isn't known any more.
std::string Browsers::device_proof(std::string_view key_id, std::string_view id, std::string_view issued,
                                   const records::Account& account) const {
  const std::string since =
      account.password_changed_at ? std::to_string(to_microseconds(*account.password_changed_at)) : "-";
  std::string subject(id);
  for (const std::string_view part : {issued, std::string_view(since), std::string_view(account.id.str())})
    subject.append("|").append(part);
  return crypto::base64url(keys_.derive(key_id, "device", subject));
}

bool Browsers::is_mark_of(std::string_view mark, std::string_view id, const records::Account& account,
                          Time now) const {
  const std::string_view issued = mark.substr(1, issued_size), proof = mark.substr(1 + issued_size);
  const auto since = time_of(issued);
  if (!since || now >= *since + device_lifetime) return false;
  for (const std::string& key : keys_.ids()) {  // also one that was given under an older key
    if (crypto::equal(proof, device_proof(key, id, issued, account))) return true;
  }
  return false;
}

std::string Browsers::device(std::string_view cookie, const records::Account& account, Time now,
                             Random& random) const {
  const bool known = is_device(cookie);
  const std::string id =
      known ? std::string(cookie.substr(0, device_id_size)) : crypto::base64url(random.bytes(16));
  const std::string issued = seconds_of(now);
  return id + "." + issued + device_proof(keys_.current(), id, issued, account) +
         (known ? marks_of_others(cookie, account, now, most_marks - 1) : std::string());
}

std::string Browsers::device_without(std::string_view cookie, const records::Account& account,
                                     Time now) const {
  if (!is_device(cookie)) return {};
  const std::string others = marks_of_others(cookie, account, now, most_marks);
  return others.empty() ? std::string() : std::string(cookie.substr(0, device_id_size)) + others;
}

std::string Browsers::marks_of_others(std::string_view cookie, const records::Account& account, Time now,
                                      std::size_t most) const {
  const std::string_view id = cookie.substr(0, device_id_size);
  std::string marks;
  for (std::size_t at = device_id_size; at < cookie.size() && marks.size() < most * mark_size;
       at += mark_size) {
    const std::string_view mark = cookie.substr(at, mark_size);
    if (!is_mark_of(mark, id, account, now)) marks += mark;
  }
  return marks;
}

bool Browsers::is_device(std::string_view cookie) {
  if (cookie.size() <= device_id_size || (cookie.size() - device_id_size) % mark_size != 0) return false;
  if ((cookie.size() - device_id_size) / mark_size > most_marks) return false;
  for (std::size_t at = device_id_size; at < cookie.size(); at += mark_size) {
    if (cookie[at] != '.' || cookie.find('.', at + 1) < at + mark_size) return false;
  }
  return cookie.find('.') == device_id_size;
}

std::string Browsers::device_of(std::string_view cookie, const records::Account& account, Time now) const {
  if (!is_device(cookie) || !account.active()) return {};
  const std::string_view id = cookie.substr(0, device_id_size);
  for (std::size_t at = device_id_size; at < cookie.size(); at += mark_size) {
    if (is_mark_of(cookie.substr(at, mark_size), id, account, now))
      return std::string(id) + "|" + account.id.str();
  }
  return {};
}

}  // namespace doorward::signin
