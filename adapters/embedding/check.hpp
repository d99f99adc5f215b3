// Checking the settings without letting the engine near the server's main process.
//
// The engine is opened in a forked child, under the account of the workers, and closed again. So the process that
// runs as root never maps engine or plugins, a file that only root can read is found out before the reload and
// not after it, and an engine or plugin that crashes is a sentence in the log and not the end of the server.
#pragma once
#include "embedding/log_queue.hpp"
#include "embedding/surface.hpp"

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace doorward::embedding {

struct Account {
  uid_t user = 0;
  gid_t group = 0;
  std::string name;  // for the supplementary groups
};

struct CheckOrder {
  std::string library;                  // absolute path of libdoorward.so
  std::vector<std::string> yaml_paths;  // absolute
  std::optional<Account> run_as;        // none: as the caller
  std::chrono::seconds patience{60};    // a check that takes longer is ended, and that is a fault
  // What else is to be checked there, after the engine; its answer is faults. None: nothing.
  std::function<std::vector<std::string>()> more = nullptr;
};

struct CheckResult {
  std::vector<std::string> faults;  // none: all is well
  std::vector<LogLine> log;         // what the engine logged meanwhile
  std::vector<Surface> surfaces;    // where there are no faults: one for each of yaml_paths
};

// [the main process, while it has one thread] Throws std::system_error where no child or pipe can be had.
CheckResult check_in_child(const CheckOrder& order);

}  // namespace doorward::embedding
