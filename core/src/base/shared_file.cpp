#include "base/shared_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

namespace doorward {
namespace {

constexpr std::size_t header_size = 128;

// What has to be the same for a file to be used as it is; compared as bytes.
std::array<char, header_size> make_header(const std::string& kind, std::size_t size) {
  std::string boot;
  std::getline(std::ifstream("/proc/sys/kernel/random/boot_id"), boot);
  std::array<char, header_size> header{};
  const std::string text = "doorward shared " + kind + " " + std::to_string(size) + " " + boot;
  std::memcpy(header.data(), text.data(), std::min(text.size(), header.size() - 1));
  return header;
}

[[noreturn]] void fail(const std::string& path) {
  throw std::system_error(errno, std::generic_category(), path);
}

class FileLock {  // of one process against others, for the length of a scope
 public:
  FileLock(int descriptor, const std::string& path) : descriptor_(descriptor) {
    while (::flock(descriptor_, LOCK_EX) != 0) {
      if (errno != EINTR) fail(path);
    }
  }
  ~FileLock() { ::flock(descriptor_, LOCK_UN); }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int descriptor_;
};

}  // namespace

SharedFile::SharedFile(const std::string& path, const std::string& kind, std::size_t size,
                       const std::function<void(std::byte*)>& layout)
    : mapped_(header_size + size) {
  const auto header = make_header(kind, size);
  const std::string lock_path = path + ".lock";
  const int lock = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (lock < 0) fail(lock_path);
  struct Closer {
    int descriptor;
    ~Closer() { ::close(descriptor); }
  } closer{lock};
  const FileLock held(lock, lock_path);

  const auto map = [&](int descriptor) {
    void* mapping = ::mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (mapping == MAP_FAILED) fail(path);
    mapping_ = static_cast<std::byte*>(mapping);
    data_ = mapping_ + header_size;
  };

  descriptor_ = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor_ >= 0) {
    struct stat info{};
    if (::fstat(descriptor_, &info) == 0 && S_ISREG(info.st_mode) &&
        info.st_size == static_cast<off_t>(mapped_)) {
      map(descriptor_);
      if (std::memcmp(mapping_, header.data(), header.size()) == 0) return;
      ::munmap(mapping_, mapped_);
    }
    ::close(descriptor_);
  } else if (errno != ENOENT) {
    fail(path);
  }

  // Made beside and moved into place: nobody ever maps one that is half laid out.
  const std::string fresh = path + ".new";
  ::unlink(fresh.c_str());
  descriptor_ = ::open(fresh.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor_ < 0) fail(fresh);
  errno = ::posix_fallocate(descriptor_, 0, static_cast<off_t>(mapped_));  // tells it by its result alone
  if (errno != 0) fail(fresh);
  map(descriptor_);
  if (layout) layout(data_);
  std::memcpy(mapping_, header.data(), header.size());
  if (::rename(fresh.c_str(), path.c_str()) != 0) fail(path);
}

SharedFile::~SharedFile() {
  if (mapping_ != nullptr) ::munmap(mapping_, mapped_);
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace doorward
