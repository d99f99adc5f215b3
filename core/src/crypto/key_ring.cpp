#include "crypto/key_ring.hpp"

#include <sodium.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <stdexcept>
#include <utility>

#include "base/errors.hpp"
#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"

namespace doorward::crypto {
namespace {

constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;

const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* raw(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

// None: not so many digits, or more than `most`.
std::optional<unsigned> number(std::string_view digits, unsigned most) {
  unsigned value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  return value <= most ? std::optional(value) : std::nullopt;
}

// Keys are added to a ring and taken out of it, one after another. One that has none of the keys before was made for
// another store.
bool follows(const std::vector<RingKey>& fresh, const std::vector<RingKey>& known) {
  return std::any_of(fresh.begin(), fresh.end(), [&](const RingKey& key) {
    return std::any_of(known.begin(), known.end(),
                       [&](const RingKey& old) { return old.id == key.id && old.secret == key.secret; });
  });
}

}  // namespace

KeyRing::KeyRing(std::string path, RingFile file)
    : path_(std::move(path)),
      mark_(file.mark),
      keys_(std::make_shared<const std::vector<RingKey>>(std::move(file.keys))) {}

KeyRing KeyRing::open(const std::string& path, Random& random) {
  initialize();
  if (::access(path.c_str(), F_OK) != 0) create_key_ring(path, random);
  return KeyRing(path, read_key_ring(path));
}

bool KeyRing::refresh() const {
  // Who comes while another reads waits for what it finds: it may need the key that is new.
  const std::lock_guard reading(reading_);
  const FileMark mark = mark_of(path_);
  if (mark_ && mark == *mark_) return false;
  mark_ = mark;
  RingFile file = read_key_ring(path_);
  mark_ = file.mark;
  if (!follows(file.keys, *this->keys()))
    throw BadSettings(
        path_ +
        ": this key ring has none of the keys that were in use, and isn't taken. Put the file back "
        "that was there, from a backup or another host.");
  auto keys = std::make_shared<const std::vector<RingKey>>(std::move(file.keys));
  const std::lock_guard lock(mutex_);
  keys_ = std::move(keys);
  return true;
}

void KeyRing::look_again() const {
  try {
    refresh();
  } catch (const BadSettings&) {  // said where refresh() is called for its own sake, or by the next start
    const std::lock_guard reading(reading_);
    mark_.reset();
  }
}

std::shared_ptr<const std::vector<RingKey>> KeyRing::keys() const {
  const std::lock_guard lock(mutex_);
  return keys_;
}

std::string KeyRing::current() const { return keys()->front().id; }

std::vector<std::string> KeyRing::ids() const {
  std::vector<std::string> ids;
  for (const RingKey& key : *keys()) ids.push_back(key.id);
  return ids;
}

std::string KeyRing::oldest() const {
  const auto all = ids();
  const auto since = [](const std::string& id) { return made_at(id).value_or(Time::min()); };
  return *std::min_element(all.rbegin(), all.rend(),
                           [&](const std::string& a, const std::string& b) { return since(a) < since(b); });
}

Secret KeyRing::secret_of(std::string_view id) const {
  for (const bool again : {false, true}) {
    if (again) look_again();  // the command, or another host, has made it meanwhile
    const auto keys = this->keys();
    const auto found =
        std::find_if(keys->begin(), keys->end(), [&](const RingKey& key) { return key.id == id; });
    if (found != keys->end()) return found->secret;
  }
  throw std::runtime_error("the key ring has no key " + std::string(id));
}

std::string KeyRing::derive(std::string_view key_id, std::string_view label, std::string_view subject) const {
  std::string message(label);
  message += '\0';
  message += subject;
  return keyed_digest(secret_of(key_id).bytes(), message);
}

std::string KeyRing::make_id(Time now, Random& random) {
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(now - day));
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d%02u%02uT%02d%02d%02dZ-", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data() + hex(random.bytes(4));
}

std::optional<Time> KeyRing::made_at(std::string_view id) {
  if (id.size() < 17 || id[8] != 'T' || id[15] != 'Z' || id[16] != '-') return std::nullopt;
  const auto year = number(id.substr(0, 4), 9999), month = number(id.substr(4, 2), 12),
             day = number(id.substr(6, 2), 31), hour = number(id.substr(9, 2), 23),
             minute = number(id.substr(11, 2), 59), second = number(id.substr(13, 2), 59);
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(*month), std::chrono::day(*day)};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second);
}

std::string_view KeyRing::key_of(std::string_view sealed) {
  const std::size_t end = sealed.find('\0');
  return end == std::string_view::npos ? std::string_view() : sealed.substr(0, end);
}

// "<key id>\0<nonce><cipher text and tag>"
std::string KeyRing::seal(std::string_view plain, std::string_view context, Random& random) const {
  look_again();  // or a value could be left behind that needs a key which is about to be dropped
  std::string out = current();
  const Wiped secret(derive(out, "seal", {}));
  out += '\0';
  const std::string nonce = random.bytes(nonce_size);
  std::string sealed(plain.size() + tag_size, '\0');
  unsigned long long size = 0;
  crypto_aead_xchacha20poly1305_ietf_encrypt(raw(sealed), &size, raw(plain), plain.size(), raw(context),
                                             context.size(), nullptr, raw(nonce), raw(secret.text));
  return out + nonce + sealed;
}

std::string KeyRing::open_sealed(std::string_view sealed, std::string_view context) const {
  const std::size_t end_of_id = sealed.find('\0');
  if (end_of_id == std::string_view::npos || sealed.size() < end_of_id + 1 + nonce_size + tag_size) {
    throw std::runtime_error("a sealed value is damaged");
  }
  const Wiped secret(derive(sealed.substr(0, end_of_id), "seal", {}));
  const std::string_view nonce = sealed.substr(end_of_id + 1, nonce_size);
  const std::string_view cipher = sealed.substr(end_of_id + 1 + nonce_size);
  std::string plain(cipher.size() - tag_size, '\0');
  unsigned long long size = 0;
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(raw(plain), &size, nullptr, raw(cipher), cipher.size(),
                                                 raw(context), context.size(), raw(nonce),
                                                 raw(secret.text)) != 0) {
    throw std::runtime_error("a sealed value is damaged or stands in another's place");
  }
  return plain;
}

}  // namespace doorward::crypto
