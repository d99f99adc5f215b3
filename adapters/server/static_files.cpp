#include "server/static_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace doorward::server {

namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { reset(-1); }
  void reset(int number) {
    if (number_ >= 0) ::close(number_);
    number_ = number;
  }
  int get() const { return number_; }
  int release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

std::string type_of(std::string_view name) {
  struct Type {
    std::string_view ending, type;
  };
  static constexpr std::array<Type, 19> types{{{".html", "text/html; charset=utf-8"},
                                               {".htm", "text/html; charset=utf-8"},
                                               {".css", "text/css; charset=utf-8"},
                                               {".js", "text/javascript; charset=utf-8"},
                                               {".mjs", "text/javascript; charset=utf-8"},
                                               {".json", "application/json"},
                                               {".txt", "text/plain; charset=utf-8"},
                                               {".xml", "application/xml"},
                                               {".svg", "image/svg+xml"},
                                               {".png", "image/png"},
                                               {".jpg", "image/jpeg"},
                                               {".jpeg", "image/jpeg"},
                                               {".gif", "image/gif"},
                                               {".webp", "image/webp"},
                                               {".avif", "image/avif"},
                                               {".ico", "image/x-icon"},
                                               {".woff2", "font/woff2"},
                                               {".pdf", "application/pdf"},
                                               {".webmanifest", "application/manifest+json"}}};
  for (const Type& each : types)
    if (name.ends_with(each.ending)) return std::string(each.type);
  return "application/octet-stream";
}

// Opens the last part; -1 where it is no plain file or folder.
int open_at(int folder, const std::string& name) {
  return ::openat(folder, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

}  // namespace

StaticFiles::StaticFiles(const std::string& folder)
    : folder_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (folder_ < 0) throw std::invalid_argument("--root " + folder + ": " + std::strerror(errno));
}

StaticFiles::~StaticFiles() { ::close(folder_); }

StaticFiles::Found StaticFiles::find(std::string_view path) const {
  Descriptor at(::fcntl(folder_, F_DUPFD_CLOEXEC, 0));
  const bool folder = path.ends_with('/');
  std::string name;
  for (std::size_t begin = 1; begin < path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    name = path.substr(begin, end - begin);
    const bool hidden = name.starts_with('.') && !(begin == 1 && name == ".well-known");
    if (hidden || name.find('\0') != std::string::npos) return {};
    at.reset(open_at(at.get(), name));
    if (at.get() < 0) return {};
    begin = end + 1;
  }
  struct stat about{};
  if (::fstat(at.get(), &about) != 0) return {};
  if (S_ISDIR(about.st_mode)) {
    if (!folder) return {-1, 0, {}, true};
    name = "index.html";
    at.reset(open_at(at.get(), name));
    if (at.get() < 0 || ::fstat(at.get(), &about) != 0) return {};
  } else if (folder) {
    return {};
  }
  if (!S_ISREG(about.st_mode)) return {};
  return {at.release(), static_cast<std::uint64_t>(about.st_size), type_of(name), false};
}

}  // namespace doorward::server
