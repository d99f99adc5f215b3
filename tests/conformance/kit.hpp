// What every suite of doorward-conformance is written with: cases, expectations and the plugin under test.
//
// A case runs in a process of its own, so that a crash or a deadlock is a failed case and not the end of the kit. It
// fails by throwing (expect() and its like do). The table of all cases is suites.cpp.
#pragma once
#include <doorward/plugin.h>

#include <functional>
#include <memory>
#include <source_location>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "plugin_host/loader.hpp"
#include "settings/settings.hpp"

namespace kit {

class Subject;

struct Case {
  const char* suite;
  const char* name;  // what a person would see: "a removed row goes to exactly one of 64 threads"
  void (*run)(Subject&);
  bool needs_durability = false;  // left out where the store is declared volatile
  bool needs_disk = false;  // left out where a server keeps the files: their faults can't be played here
  bool needs_feed = false;  // left out where the store has no change feed
};

// All cases of a kind ("storage/1"); empty: the kit has none.
std::vector<Case> cases_of(const std::string& kind);

struct Failed : std::runtime_error {
  using std::runtime_error::runtime_error;
};
[[noreturn]] void fail(const std::string& sentence,
                       std::source_location where = std::source_location::current());
void expect(bool holds, const std::string& sentence,
            std::source_location where = std::source_location::current());
void expect_status(doorward_status found, doorward_status wanted, const std::string& of,
                   std::source_location where = std::source_location::current());
const char* status_name(doorward_status status);

template <class Value>
void expect_equal(const Value& found, const Value& wanted, const std::string& of,
                  std::source_location where = std::source_location::current()) {
  if (found != wanted)
    fail(of + ": found " + std::to_string(found) + ", wanted " + std::to_string(wanted), where);
}

// Lines that a plugin writes, kept for the sentence of a failed case.
class LogLines final : public doorward::Log {
 public:
  void write(doorward::Level level, std::string_view line) override;
};

// The plugin under test with its settings, and an empty folder for what it keeps.
class Subject {
 public:
  // `path`: <plugin_dir>/<kind>/<name>.so. Settings may say ${folder}.
  Subject(std::string path, std::vector<doorward::settings::PluginValue> values, std::string yaml,
          bool is_volatile);

  const std::string& kind() const { return kind_; }  // "storage/1"
  bool is_volatile() const { return is_volatile_; }
  const std::string& folder() const { return folder_; }
  void use_new_folder();                          // below the run's own; removed at its end
  std::string new_name(const std::string& noun);  // "k3f9a01_2_noun": nobody else uses it

  doorward::settings::PluginEntry entry() const;  // with ${folder} filled in
  std::unique_ptr<doorward::plugin_host::Plugin> create() { return create(entry()); }  // throws BadSettings
  std::unique_ptr<doorward::plugin_host::Plugin> create(const doorward::settings::PluginEntry& entry);
  doorward::plugin_host::PluginDescription describe() const;

  void set_run_folder(std::string folder) { run_folder_ = std::move(folder); }

 private:
  std::string path_, kind_, name_, plugin_dir_, yaml_;
  std::vector<doorward::settings::PluginValue> values_;
  bool is_volatile_;
  std::string run_folder_, folder_, unique_;
  unsigned folders_ = 0, names_ = 0;
  LogLines log_;
  doorward::SystemClock clock_;
};

// Calls `work(i)` for i of 0 to count-1 at once, one thread each, and rethrows the first exception.
void in_threads(unsigned count, const std::function<void(unsigned)>& work);

// Runs `work` in a forked process. What it throws is thrown here; a signal fails the case unless it is `allowed_signal`.
// False: it was ended by that signal.
bool in_child(const std::function<void()>& work, int allowed_signal = 0);
// Calls `work(i)` for i of 0 to count-1 at once, one forked process each; the first that fails is the case's fault. They are forked
// one after the other by the calling thread, so that none begins with what another thread held.
void in_children(unsigned count, const std::function<void(unsigned)>& work);

}  // namespace kit
