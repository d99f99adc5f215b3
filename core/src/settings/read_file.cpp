#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "settings/document.hpp"

namespace doorward::settings {

namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const { return number_; }

 private:
  int number_;
};

std::string reason() { return std::strerror(errno); }

}  // namespace

std::optional<std::string> read_file(const std::string& file, std::size_t most, const Place& place,
                                     Faults& faults) {
  const auto refuse = [&](const std::string& why) {
    faults.add(place, (place.file == file ? "" : settings::quoted(file) + ": ") + why);
    return std::nullopt;
  };
  // Not blocking: a pipe without a writer must not hold up the start of a web server.
  const Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (descriptor.get() < 0) return refuse("the file can't be opened: " + reason());
  struct stat about{};
  if (::fstat(descriptor.get(), &about) != 0) return refuse("the file can't be looked at: " + reason());
  if (!S_ISREG(about.st_mode)) return refuse("this is not a regular file");
  if ((about.st_mode & S_IWOTH) != 0)
    return refuse("anybody may write to this file: take that right away (chmod o-w)");
  if (static_cast<std::uint64_t>(about.st_size) > most)
    return refuse("the file has " + std::to_string(about.st_size) + " bytes, more than " +
                  std::to_string(most));

  std::string bytes(most + 1, '\0');
  std::size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t got = ::read(descriptor.get(), bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return refuse("the file can't be read: " + reason());
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > most) return refuse("the file has more than " + std::to_string(most) + " bytes");
  bytes.resize(size);
  return bytes;
}

}  // namespace doorward::settings
