// What opens a store without the rest of the engine: as the owner of the state_dir, and with what it writes to the log on
// standard error.
#pragma once
#include <filesystem>

#include "cli/owner.hpp"
#include "cli/session.hpp"
#include "engine/opened_store.hpp"
#include "settings/read.hpp"

namespace doorward::cli {

class Stores {
 public:
  engine::OpenedStore open(const std::string& path) {
    const std::string yaml = std::filesystem::absolute(path).lexically_normal().string();
    become_owner_of(settings::read(yaml).state_dir);
    return engine::OpenedStore(yaml, {log_, clock_, random_});
  }
  Time now() const { return clock_.now(); }

 private:
  StandardError log_;
  SystemClock clock_;
  SystemRandom random_;
};

}  // namespace doorward::cli
