#include "crypto/key_ring_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <sstream>
#include <system_error>

#include "base/errors.hpp"
#include "crypto/encoding.hpp"

namespace doorward::crypto {
namespace {

constexpr std::size_t key_size = 32;
constexpr std::size_t longest_id = 32;

struct Descriptor {
  int value;
  ~Descriptor() {
    if (value >= 0) ::close(value);
  }
};

[[noreturn]] void fail(const std::string& path) {
  throw std::system_error(errno, std::generic_category(), path);
}

std::string line_of(const RingKey& key) { return key.id + " " + base64url(key.bytes) + "\n"; }

void write_whole(int file, const std::string& text, const std::string& path) {
  if (::write(file, text.data(), text.size()) != static_cast<ssize_t>(text.size()) || ::fsync(file) != 0)
    fail(path);
}

FileMark mark_of(const struct stat& info) {
  return {info.st_dev, info.st_ino, info.st_size, info.st_mtim, info.st_ctim};
}

struct PrivateFile {
  std::string text;
  struct stat info{};
};

PrivateFile read_private_file(const std::string& path) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  if (file.value < 0 && errno == ELOOP) throw BadSettings(path + ": the key ring is a link, not a file");
  if (file.value < 0) throw BadSettings(path + ": " + std::generic_category().message(errno));
  PrivateFile read;
  if (::fstat(file.value, &read.info) != 0 || !S_ISREG(read.info.st_mode))
    throw BadSettings(path + ": not a file");
  if ((read.info.st_mode & 077) != 0)
    throw BadSettings(path + ": others may read the key ring; its mode must be 0600");
  if (read.info.st_uid != ::geteuid()) throw BadSettings(path + ": the key ring belongs to another user");
  read.text.resize(static_cast<std::size_t>(std::min<off_t>(read.info.st_size, 65536)));
  const ssize_t got = ::read(file.value, read.text.data(), read.text.size());
  read.text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return read;
}

std::vector<RingKey> parse(const std::string& text, const std::string& path) {
  std::vector<RingKey> keys;
  std::istringstream lines(text);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (line.empty() || line.front() == '#') continue;
    const std::size_t space = line.find(' ');
    const auto bytes = space == std::string::npos ? std::nullopt : from_base64url(line.substr(space + 1));
    const bool twice = std::any_of(keys.begin(), keys.end(),
                                   [&](const RingKey& key) { return key.id == line.substr(0, space); });
    if (!bytes || bytes->size() != key_size || space == 0 || space > longest_id || twice)
      throw BadSettings(path + ":" + std::to_string(number) + ":1: not a line of a key ring");
    keys.push_back({line.substr(0, space), *bytes});
  }
  if (keys.empty()) throw BadSettings(path + ": the key ring holds no key");
  return keys;
}

std::string comments_of(const std::string& text) {
  std::string comments;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.front() == '#') comments += line + "\n";
  }
  return comments;
}

// Beside the file, under the lock of its folder, so that what a killed one left behind is written over by the next.
void replace(const std::string& path, const std::string& text, gid_t group, int folder) {
  const std::string fresh = path + ".new";
  {
    const Descriptor file{::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (file.value < 0 || ::fchmod(file.value, 0600) != 0) fail(fresh);
    // Its mode says what its group may do: nothing. So it doesn't matter where this can't be done.
    if (::fchown(file.value, static_cast<uid_t>(-1), group) != 0) errno = 0;
    write_whole(file.value, text, fresh);
  }
  if (::rename(fresh.c_str(), path.c_str()) != 0 || ::fsync(folder) != 0) fail(path);
}

}  // namespace

bool FileMark::operator==(const FileMark& other) const {
  const auto same = [](const timespec& a, const timespec& b) {
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
  };
  return device == other.device && inode == other.inode && size == other.size &&
         same(modified, other.modified) && same(changed, other.changed);
}

FileMark mark_of(const std::string& path) {
  struct stat info{};
  return ::lstat(path.c_str(), &info) == 0 ? mark_of(info) : FileMark{};
}

RingFile read_key_ring(const std::string& path) {
  const PrivateFile read = read_private_file(path);
  return {parse(read.text, path), mark_of(read.info)};
}

// Written beside and linked into place, so that of two first workers one wins and both read the same.
void create_key_ring(const std::string& path, Random& random) {
  const std::string line = line_of({hex(random.bytes(4)), random.bytes(key_size)});
  const std::string fresh = path + "." + hex(random.bytes(8));
  {
    const Descriptor file{::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (file.value < 0) fail(fresh);
    write_whole(file.value, line, fresh);
  }
  const int linked = ::link(fresh.c_str(), path.c_str());
  const int why = errno;
  ::unlink(fresh.c_str());
  if (linked != 0 && why != EEXIST) throw std::system_error(why, std::generic_category(), path);
}

void change_key_ring(const std::string& path, const std::function<void(std::vector<RingKey>&)>& change) {
  const std::string folder = path.substr(0, path.rfind('/') + 1);
  const Descriptor lock{::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (lock.value < 0 || ::flock(lock.value, LOCK_EX) != 0) fail(folder);
  const PrivateFile read = read_private_file(path);
  std::vector<RingKey> keys = parse(read.text, path);
  change(keys);
  std::string text = comments_of(read.text);
  for (const RingKey& key : keys) text += line_of(key);
  parse(text, path);  // what isn't a key ring never takes its place
  replace(path, text, read.info.st_gid, lock.value);
}

}  // namespace doorward::crypto
