#include "crypto/key_ring.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include "base/errors.hpp"
#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"

namespace doorward::crypto {
namespace {

constexpr std::size_t key_size = 32;
constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;

const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* raw(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

struct Descriptor {
  int value;
  ~Descriptor() { ::close(value); }
};

// Written beside and linked into place, so that of two first workers one wins and both read the same.
void create(const std::string& path, Random& random) {
  const std::string line = hex(random.bytes(4)) + " " + base64url(random.bytes(key_size)) + "\n";
  const std::string fresh = path + "." + hex(random.bytes(8));
  {
    const Descriptor file{::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (file.value < 0 ||
        ::write(file.value, line.data(), line.size()) != static_cast<ssize_t>(line.size()) ||
        ::fsync(file.value) != 0) {
      throw std::system_error(errno, std::generic_category(), fresh);
    }
  }
  const int linked = ::link(fresh.c_str(), path.c_str());
  const int why = errno;
  ::unlink(fresh.c_str());
  if (linked != 0 && why != EEXIST) throw std::system_error(why, std::generic_category(), path);
}

std::string read_private_file(const std::string& path, Random& random) {
  int opened = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (opened < 0 && errno == ENOENT) {
    create(path, random);
    opened = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  }
  if (opened < 0) throw BadSettings(path + ": " + std::generic_category().message(errno));
  const Descriptor file{opened};
  struct stat info{};
  if (::fstat(opened, &info) != 0 || !S_ISREG(info.st_mode)) throw BadSettings(path + ": not a file");
  if ((info.st_mode & 077) != 0)
    throw BadSettings(path + ": others may read the key ring; its mode must be 0600");
  if (info.st_uid != ::geteuid()) throw BadSettings(path + ": the key ring belongs to another user");
  std::string text(static_cast<std::size_t>(std::min<off_t>(info.st_size, 65536)), '\0');
  const ssize_t got = ::read(opened, text.data(), text.size());
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

}  // namespace

KeyRing KeyRing::open(const std::string& path, Random& random) {
  initialize();
  KeyRing ring;
  std::istringstream lines(read_private_file(path, random));
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (line.empty() || line.front() == '#') continue;
    const std::size_t space = line.find(' ');
    const auto bytes = space == std::string::npos ? std::nullopt : from_base64url(line.substr(space + 1));
    if (!bytes || bytes->size() != key_size || space == 0 || space > 32) {
      throw BadSettings(path + ":" + std::to_string(number) + ":1: not a line of a key ring");
    }
    ring.keys_.push_back({line.substr(0, space), *bytes});
  }
  if (ring.keys_.empty()) throw BadSettings(path + ": the key ring holds no key");
  return ring;
}

std::vector<std::string> KeyRing::ids() const {
  std::vector<std::string> ids;
  for (const Key& key : keys_) ids.push_back(key.id);
  return ids;
}

const KeyRing::Key& KeyRing::key(std::string_view id) const {
  const auto found = std::find_if(keys_.begin(), keys_.end(), [&](const Key& k) { return k.id == id; });
  if (found == keys_.end()) throw std::runtime_error("the key ring has no key " + std::string(id));
  return *found;
}

std::string KeyRing::derive(std::string_view key_id, std::string_view label, std::string_view subject) const {
  std::string message(label);
  message += '\0';
  message += subject;
  return keyed_digest(key(key_id).bytes, message);
}

// "<key id>\0<nonce><cipher text and tag>"
std::string KeyRing::seal(std::string_view plain, std::string_view context, Random& random) const {
  const std::string secret = derive(current(), "seal", {});
  std::string out = current();
  out += '\0';
  const std::string nonce = random.bytes(nonce_size);
  std::string sealed(plain.size() + tag_size, '\0');
  unsigned long long size = 0;
  crypto_aead_xchacha20poly1305_ietf_encrypt(raw(sealed), &size, raw(plain), plain.size(), raw(context),
                                             context.size(), nullptr, raw(nonce), raw(secret));
  return out + nonce + sealed;
}

std::string KeyRing::open_sealed(std::string_view sealed, std::string_view context) const {
  const std::size_t end_of_id = sealed.find('\0');
  if (end_of_id == std::string_view::npos || sealed.size() < end_of_id + 1 + nonce_size + tag_size) {
    throw std::runtime_error("a sealed value is damaged");
  }
  const std::string secret = derive(sealed.substr(0, end_of_id), "seal", {});
  const std::string_view nonce = sealed.substr(end_of_id + 1, nonce_size);
  const std::string_view cipher = sealed.substr(end_of_id + 1 + nonce_size);
  std::string plain(cipher.size() - tag_size, '\0');
  unsigned long long size = 0;
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(raw(plain), &size, nullptr, raw(cipher), cipher.size(),
                                                 raw(context), context.size(), raw(nonce),
                                                 raw(secret)) != 0) {
    throw std::runtime_error("a sealed value is damaged or stands in another's place");
  }
  return plain;
}

}  // namespace doorward::crypto
