// Root doesn't write into the store: what it would create there, the web server's workers could not open. So the
// command goes on as the owner of state_dir.
#pragma once
#include <sys/types.h>

#include <optional>
#include <string>

namespace doorward::cli {

struct Owner {
  uid_t user = 0;
  gid_t group = 0;
  std::string name;
};

// The owner of a folder; none where it belongs to root. Throws Failure where there is no such folder.
std::optional<Owner> owner_of(const std::string& folder);

// Where the caller is root: gives up its groups and user for the owner's, for good. Else nothing. Throws Failure.
void become_owner_of(const std::string& state_dir);

}  // namespace doorward::cli
