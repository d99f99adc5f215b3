#include "cli/owner.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "cli/command.hpp"

namespace doorward::cli {

std::optional<Owner> owner_of(const std::string& folder) {
  struct stat about{};
  if (::stat(folder.c_str(), &about) != 0)
    throw Failure(Exit::settings, "state_dir " + folder + ": " + std::strerror(errno) +
                                      ". It must exist and belong to the user of the web server's workers");
  if (!S_ISDIR(about.st_mode)) throw Failure(Exit::settings, "state_dir " + folder + " is not a folder");
  if (about.st_uid == 0) return std::nullopt;
  const passwd* entry = ::getpwuid(about.st_uid);  // one thread only, so far
  return Owner{about.st_uid, entry != nullptr ? entry->pw_gid : about.st_gid,
               entry != nullptr ? entry->pw_name : ""};
}

void become_owner_of(const std::string& state_dir) {
  if (::geteuid() != 0) return;
  const auto owner = owner_of(state_dir);
  if (!owner) return;
  const bool groups = owner->name.empty() ? ::setgroups(0, nullptr) == 0
                                          : ::initgroups(owner->name.c_str(), owner->group) == 0;
  if (!groups || ::setgid(owner->group) != 0 || ::setuid(owner->user) != 0 || ::setuid(0) == 0)
    throw Failure(Exit::unavailable,
                  std::string("can't become the owner of ") + state_dir + ": " + std::strerror(errno));
}

}  // namespace doorward::cli
