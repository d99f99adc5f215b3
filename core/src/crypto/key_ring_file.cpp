#include "crypto/key_ring_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
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

struct RemovedAfterwards {
  const std::string& path;
  ~RemovedAfterwards() { ::unlink(path.c_str()); }
};

[[noreturn]] void fail(const std::string& path) {
  throw std::system_error(errno, std::generic_category(), path);
}

Descriptor open_folder_of(const std::string& path) {
  const std::string folder = path.substr(0, path.rfind('/') + 1);
  return {::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
}

// Of the file: `comments`, and a line for each key.
Wiped lines_of(const std::string& comments, const std::vector<RingKey>& keys) {
  std::size_t size = comments.size();
  for (const RingKey& key : keys) size += key.id.size() + 2 * key.secret.bytes().size() + 4;
  std::string text;
  text.reserve(size);
  text += comments;
  for (const RingKey& key : keys) {
    const Wiped bytes(base64url(key.secret.bytes()));
    text.append(key.id).append(" ").append(bytes.text).append("\n");
  }
  return Wiped(std::move(text));
}

void write_whole(int file, const std::string& text, const std::string& path) {
  if (::write(file, text.data(), text.size()) != static_cast<ssize_t>(text.size()) || ::fsync(file) != 0)
    fail(path);
}

FileMark mark_of(const struct stat& info) {
  return {info.st_dev, info.st_ino, info.st_size, info.st_mtim, info.st_ctim};
}

struct PrivateFile {
  explicit PrivateFile(const std::string& path);
  Wiped content;
  struct stat info{};
};

PrivateFile::PrivateFile(const std::string& path) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  if (file.value < 0 && errno == ELOOP) throw BadSettings(path + ": the key ring is a link, not a file");
  if (file.value < 0) throw BadSettings(path + ": " + std::generic_category().message(errno));
  if (::fstat(file.value, &info) != 0 || !S_ISREG(info.st_mode)) throw BadSettings(path + ": not a file");
  if ((info.st_mode & 077) != 0)
    throw BadSettings(path + ": others may read the key ring; its mode must be 0600");
  if (info.st_uid != ::geteuid()) throw BadSettings(path + ": the key ring belongs to another user");
  std::string& text = content.text;
  text.resize(static_cast<std::size_t>(std::min<off_t>(info.st_size, 65536)));
  const ssize_t got = ::read(file.value, text.data(), text.size());
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
}

bool is_comment(std::string_view line) { return !line.empty() && line.front() == '#'; }

// In place: no line with a key is copied. `take` gets each line's number, from 1, and the line.
void each_line(std::string_view text, const std::function<void(int, std::string_view)>& take) {
  for (int number = 1; !text.empty(); ++number) {
    const std::string_view line = text.substr(0, text.find('\n'));
    take(number, line);
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
}

std::vector<RingKey> parse(std::string_view text, const std::string& path) {
  std::vector<std::string> ids;
  Wiped secrets;
  secrets.text.reserve(text.size());
  each_line(text, [&](int number, std::string_view line) {
    if (line.empty() || is_comment(line)) return;
    const std::size_t space = line.find(' ');
    const std::string_view id = line.substr(0, space);
    const Wiped bytes(space == std::string_view::npos ? std::string()
                                                      : from_base64url(line.substr(space + 1)).value_or(""));
    const bool twice = std::find(ids.begin(), ids.end(), id) != ids.end();
    if (bytes.text.size() != key_size || id.empty() || id.size() > longest_id || twice)
      throw BadSettings(path + ":" + std::to_string(number) + ":1: not a line of a key ring");
    ids.emplace_back(id);
    secrets.text += bytes.text;
  });
  if (ids.empty()) throw BadSettings(path + ": the key ring holds no key");
  const Secret all(std::move(secrets.text));
  std::vector<RingKey> keys;
  for (std::size_t i = 0; i < ids.size(); ++i)
    keys.push_back({std::move(ids[i]), all.part(i * key_size, key_size)});
  return keys;
}

std::string comments_of(std::string_view text) {
  std::string comments;
  each_line(text, [&](int, std::string_view line) {
    if (is_comment(line)) comments.append(line).append("\n");
  });
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
  const PrivateFile file(path);
  return {parse(file.content.text, path), mark_of(file.info)};
}

// Written beside and linked into place, so that of two first workers one wins and both read the same.
void create_key_ring(const std::string& path, Random& random) {
  const RingKey key{hex(random.bytes(4)), Secret(random.bytes(key_size))};
  const Wiped line = lines_of({}, {key});
  const std::string fresh = path + "." + hex(random.bytes(8));
  {
    const Descriptor file{::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (file.value < 0) fail(fresh);
    const RemovedAfterwards removed{fresh};
    write_whole(file.value, line.text, fresh);
    if (::link(fresh.c_str(), path.c_str()) != 0 && errno != EEXIST) fail(path);
  }
  const Descriptor folder = open_folder_of(path);
  if (folder.value < 0 || ::fsync(folder.value) != 0) fail(path);
}

void change_key_ring(const std::string& path, const std::function<void(std::vector<RingKey>&)>& change) {
  const Descriptor lock = open_folder_of(path);
  if (lock.value < 0 || ::flock(lock.value, LOCK_EX) != 0) fail(path);
  const PrivateFile file(path);
  std::vector<RingKey> keys = parse(file.content.text, path);
  change(keys);
  const Wiped changed = lines_of(comments_of(file.content.text), keys);
  parse(changed.text, path);  // what isn't a key ring never takes its place
  replace(path, changed.text, file.info.st_gid, lock.value);
}

}  // namespace doorward::crypto
