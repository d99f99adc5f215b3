// What a server's configuration names of Doorward: one Site for each doorward.yaml, checked where the configuration is
// read, opened in each worker.
#pragma once
#include "embedding/check.hpp"
#include "embedding/engine.hpp"
#include "embedding/surface.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::embedding {

struct Site {
  std::string yaml_path;
  Surface checked;                 // what the settings check said; stands in where no engine opened
  Surface own;                     // what this worker's engine says
  std::unique_ptr<Engine> engine;  // null in the main process, and where the engine did not open or start
  const Surface* surface = &checked;
};

class Sites {
 public:
  // The site of this doorward.yaml, the same one for the same path. It stays where it is.
  Site* named(std::string_view yaml_path);
  bool empty() const noexcept { return sites_.empty(); }

  // [the main process, while it has one thread] Checks all of them in a child; where there are no faults, each knows
  // its surface. Throws std::system_error as check_in_child does.
  CheckResult check(const std::string& library, const std::optional<Account>& run_as);

  // Told of each fault, and of what has no engine because of it: a doorward.yaml, or "any site".
  using Report = std::function<void(const std::string& about, const std::exception& error)>;
  // [each worker] Opens and starts the engines. A site whose engine doesn't start goes on without: what is protected
  // there is refused.
  void start(const std::string& library, const doorward_log& log, const Report& report) noexcept;
  void stop() noexcept;  // [the same worker] when no call is under way

 private:
  std::vector<std::unique_ptr<Site>> sites_;
};

// One sentence for each fault of an engine that did not open or start.
std::vector<std::string> faults_of(const std::exception& error);

// libdoorward.so as it was installed with the adapter's module, whatever prefix it was given at the installation; else
// `built_for`, where it was meant to be when it was built. `in_module` is anything inside the module; servers reach
// their folder of modules through a link.
std::string installed_engine(const void* in_module, const std::string& from_module,
                             const std::string& built_for);

}  // namespace doorward::embedding
