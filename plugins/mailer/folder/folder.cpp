// mailer/folder: one .eml file per letter, for a demonstration, for tests, and for whoever delivers from a
// folder. A file of this name is complete: it is written under a name that begins with a dot, synced and
// renamed.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <doorward/sdk/mailer.hpp>
#include <string>
#include <system_error>
#include <utility>

#include "common/compose.hpp"

namespace {

using doorward::sdk::Failure;
using doorward::sdk::Mail;
using doorward::sdk::Status;

[[noreturn]] void unavailable(const std::string& what, int error) {
  throw Failure(Status::unavailable, what + ": " + std::generic_category().message(error));
}

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int get() const { return descriptor_; }
  bool good() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

// 0 or errno.
int write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return 0;
}

// "20261121T194512.000123Z-id@host.eml": sorts by time, and a letter that is sent again takes its own place.
std::string file_name(const Mail& mail) {
  using namespace std::chrono;
  const auto day = floor<days>(mail.date);
  const year_month_day date(day);
  const hh_mm_ss time(mail.date - day);
  char stamp[64];
  std::snprintf(stamp, sizeof stamp, "%04d%02u%02uT%02d%02d%02d.%06dZ-", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
  std::string name = stamp;
  for (const char c : mail.message_id) {
    const bool safe = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '@' || c == '.' || c == '-';
    if (c == '<' || c == '>') continue;
    if (name.size() == 200) break;
    name += safe ? c : '_';
  }
  return name + ".eml";
}

class Folder final : public doorward::sdk::Mailer {
 public:
  Folder(const doorward::sdk::Services& services, const doorward::sdk::Settings& settings)
      : services_(services), path_(settings.path("path")), echo_(settings.path("echo")) {
    if (path_.empty()) throw Failure(Status::invalid, "path: the folder has no name");
  }

  void start() override {
    if (::mkdir(path_.c_str(), 0700) != 0 && errno != EEXIST) unavailable(path_ + " can't be made", errno);
    const File folder(open_folder());
  }

  void send(const Mail& mail, std::chrono::milliseconds) override {
    store(file_name(mail), doorward::mailer::compose(mail));
    if (!echo_.empty()) echo(doorward::mailer::readable(mail));
  }

 private:
  int open_folder() const {
    const int descriptor = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) unavailable(path_ + " can't be opened", errno);
    return descriptor;
  }

  void store(const std::string& name, std::string_view bytes) {
    const File folder(open_folder());
    const std::string draft = "." + name + "." + std::to_string(::getpid()) + "-" + std::to_string(++drafts_);
    const int error = write_file(folder.get(), draft, name, bytes);
    if (error == 0) return;
    ::unlinkat(folder.get(), draft.c_str(), 0);
    unavailable(path_ + "/" + name + " can't be written", error);
  }

  // 0 or errno. Durable once it returns 0: the file's bytes, then its name.
  static int write_file(int folder, const std::string& draft, const std::string& name,
                        std::string_view bytes) {
    const File file(
        ::openat(folder, draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file.good()) return errno;
    if (const int error = write_all(file.get(), bytes)) return error;
    if (::fsync(file.get()) != 0) return errno;
    if (::renameat(folder, draft.c_str(), folder, name.c_str()) != 0) return errno;
    return ::fsync(folder) == 0 ? 0 : errno;
  }

  // The letter is stored: that nobody can watch is no reason to send it again.
  void echo(std::string_view words) {
    const File file(
        ::open(echo_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600));
    const int error = file.good() ? write_all(file.get(), words) : errno;
    if (error != 0)
      services_.warning("mailer/folder: " + echo_ +
                        " can't be written: " + std::generic_category().message(error));
  }

  const doorward::sdk::Services services_;
  const std::string path_;
  const std::string echo_;
  std::atomic<unsigned> drafts_{0};
};

constexpr doorward::sdk::Setting settings[] = {
    doorward::sdk::path_setting(
        "path", nullptr, "The folder that gets one .eml file per letter; made with mode 0700 if missing"),
    doorward::sdk::path_setting(
        "echo", "",
        "A file or terminal that gets each letter as readable text too, link included: for a demonstration"),
};

}  // namespace

DOORWARD_MAILER_PLUGIN(Folder, "folder", "1.0.0", "one .eml file per letter, in a folder", settings)
