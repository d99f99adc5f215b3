#include "faults.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstring>
#include <map>
#include <mutex>
#include <random>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace kit::faults {

namespace {

using Content = std::vector<char>;
constexpr std::size_t block = 512;

// Never destroyed: threads may still close files while the process ends.
struct State {
  std::recursive_mutex mutex;
  std::string folder;
  Operation operation = Operation::any;
  Effect effect = Effect::count;
  unsigned nth = 0, seen = 0;
  bool struck = false;
  std::map<int, std::string> files;       // open descriptors of the folder
  std::map<std::string, Content> synced;  // by path: what a loss of power leaves
};
State& state() {
  static State& only = *new State;
  return only;
}
bool armed = false;  // looked at without the mutex: set before threads begin

int real_open(const char* path, int flags, mode_t mode) {
  return static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, flags | O_LARGEFILE, mode));
}

Content read_all(const std::string& path) {
  Content content;
  const int file = real_open(path.c_str(), O_RDONLY, 0);
  char buffer[65536];
  for (ssize_t size = ::read(file, buffer, sizeof(buffer)); size > 0;
       size = ::read(file, buffer, sizeof(buffer)))
    content.insert(content.end(), buffer, buffer + size);
  ::syscall(SYS_close, file);
  return content;
}

void replace(const std::string& path, const Content& content) {
  const int file = real_open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  for (std::size_t done = 0; done < content.size();) {
    const long size = ::syscall(SYS_write, file, content.data() + done, content.size() - done);
    if (size <= 0) std::abort();
    done += static_cast<std::size_t>(size);
  }
  ::syscall(SYS_close, file);
}

void cut_power(State& now) {
  std::mt19937 lot(now.nth);
  for (auto& [path, content] : now.synced) {
    if (now.effect == Effect::power_torn) {
      const Content written = read_all(path);
      const std::size_t shorter = content.size();
      if (written.size() > content.size() && lot() % 2 == 0) content.resize(written.size());
      for (std::size_t at = 0; at < content.size() && at < written.size(); at += block) {
        const std::size_t size = std::min({block, content.size() - at, written.size() - at});
        if (lot() % 2 == 0 || at >= shorter)
          std::memcpy(&content[at], &written[at], lot() % 4 == 0 && at >= shorter ? size / 2 : size);
      }
    }
    replace(path, content);
  }
}

// True: the operation fails, errno is set.
bool strikes(State& now, Operation operation) {
  if (now.operation != Operation::any && now.operation != operation) return false;
  const bool due = ++now.seen == now.nth || (now.effect == Effect::fails_on && now.seen > now.nth);
  if (!due || now.effect == Effect::count) return false;
  now.struck = true;
  if (now.effect == Effect::power_cut || now.effect == Effect::power_torn) cut_power(now);
  if (now.effect != Effect::fails && now.effect != Effect::fails_on) ::kill(::getpid(), SIGKILL);
  errno = operation == Operation::write ? ENOSPC : operation == Operation::sync ? EIO : EACCES;
  return true;
}

using Lock = std::unique_lock<std::recursive_mutex>;

bool is_ours(State& now, int file) { return now.files.contains(file); }

int open_file(const char* path, int flags, mode_t mode) {
  if (!armed) return real_open(path, flags, mode);
  State& now = state();
  const Lock lock(now.mutex);
  const bool ours = !now.folder.empty() && std::strncmp(path, now.folder.c_str(), now.folder.size()) == 0;
  if (ours && (flags & O_ACCMODE) != O_RDONLY && strikes(now, Operation::open)) return -1;
  const int file = real_open(path, flags, mode);
  if (ours && file >= 0) now.files[file] = path;
  // Until its first sync a new file is empty, and so is one that was there before it was watched and is cut to nothing.
  struct stat found{};
  if (ours && file >= 0 && ::fstat(file, &found) == 0 && S_ISREG(found.st_mode) && found.st_size == 0)
    now.synced.try_emplace(path);
  return file;
}

long write_file(int file, const void* data, std::size_t size, long offset) {
  const auto real = [&](std::size_t part) {
    return offset < 0 ? ::syscall(SYS_write, file, data, part)
                      : ::syscall(SYS_pwrite64, file, data, part, offset);
  };
  if (!armed) return real(size);
  State& now = state();
  const Lock lock(now.mutex);
  if (!is_ours(now, file)) return real(size);
  const bool next =
      now.operation != Operation::sync && now.operation != Operation::open && now.seen + 1 == now.nth;
  if (next && now.effect == Effect::kills_inside) real(size / 2);
  return strikes(now, Operation::write) ? -1 : real(size);
}

int sync_file(int file, long call) {
  if (!armed) return static_cast<int>(::syscall(call, file));
  State& now = state();
  const Lock lock(now.mutex);
  if (!is_ours(now, file)) return static_cast<int>(::syscall(call, file));
  if (strikes(now, Operation::sync)) return -1;
  const std::string& path = now.files[file];
  struct stat found{};
  const bool exists = ::stat(path.c_str(), &found) == 0;
  if (exists && S_ISREG(found.st_mode)) now.synced[path] = read_all(path);
  // The sync of a folder makes it certain which files are gone.
  if (exists && S_ISDIR(found.st_mode))
    std::erase_if(now.synced, [](const auto& item) { return ::access(item.first.c_str(), F_OK) != 0; });
  return 0;
}

}  // namespace

void arm(const std::string& folder, Operation operation, unsigned nth, Effect effect) {
  State& now = state();
  const Lock lock(now.mutex);
  now.folder = folder;
  now.operation = operation;
  now.nth = nth;
  now.effect = effect;
  now.seen = 0;
  now.struck = false;
  armed = true;
}

void disarm() {
  State& now = state();
  const Lock lock(now.mutex);
  now.effect = Effect::count;
  now.nth = 0;
}

unsigned seen() { return state().seen; }
bool struck() { return state().struck; }

}  // namespace kit::faults

// What the libraries of this process call instead of the C library's own. Programs see them since they are exported.
#define KIT_EXPORT extern "C" __attribute__((visibility("default")))
using namespace kit::faults;

namespace {

mode_t mode_of(int flags, va_list more) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? static_cast<mode_t>(va_arg(more, unsigned)) : 0;
}

}  // namespace

KIT_EXPORT int open(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = mode_of(flags, more);
  va_end(more);
  return open_file(path, flags, mode);
}
KIT_EXPORT int open64(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = mode_of(flags, more);
  va_end(more);
  return open_file(path, flags, mode);
}
KIT_EXPORT int close(int file) {
  if (armed) {
    State& now = state();
    const Lock lock(now.mutex);
    now.files.erase(file);
    return static_cast<int>(::syscall(SYS_close, file));
  }
  return static_cast<int>(::syscall(SYS_close, file));
}
KIT_EXPORT ssize_t write(int file, const void* data, size_t size) { return write_file(file, data, size, -1); }
KIT_EXPORT ssize_t pwrite(int file, const void* data, size_t size, off_t at) {
  return write_file(file, data, size, at);
}
KIT_EXPORT ssize_t pwrite64(int file, const void* data, size_t size, off64_t at) {
  return write_file(file, data, size, at);
}
KIT_EXPORT int fsync(int file) { return sync_file(file, SYS_fsync); }
KIT_EXPORT int fdatasync(int file) { return sync_file(file, SYS_fdatasync); }
KIT_EXPORT int ftruncate64(int file, off64_t size) noexcept {
  if (armed) {
    State& now = state();
    const Lock lock(now.mutex);
    if (is_ours(now, file) && strikes(now, Operation::write)) return -1;
  }
  return static_cast<int>(::syscall(SYS_ftruncate, file, size));
}
KIT_EXPORT int ftruncate(int file, off_t size) noexcept { return ftruncate64(file, size); }
KIT_EXPORT int unlink(const char* path) noexcept {
  if (armed) {
    State& now = state();
    const Lock lock(now.mutex);
    const bool ours = !now.folder.empty() && std::strncmp(path, now.folder.c_str(), now.folder.size()) == 0;
    if (ours && now.operation == Operation::any && strikes(now, Operation::any)) return -1;
  }
  return static_cast<int>(::syscall(SYS_unlinkat, AT_FDCWD, path, 0));
}
