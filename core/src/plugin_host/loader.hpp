// Loading plugins. A Plugin holds the library, the instance made by its create() and the services it was given, and
// takes them down in the right order: stop, destroy, then the library. Nothing that comes from a plugin may outlive it.
// Faults are told as BadSettings: one a line, with the place in doorward.yaml, the file, what was found and wanted.
#pragma once
#include <doorward/plugin.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "settings/settings.hpp"

namespace doorward::plugin_host {

struct SettingDescription {
  std::string key, type, fallback, choices, help;  // type: "text", "secret", "number", "flag", "path"
  bool required = false;                           // there is no fallback
};

struct PluginDescription {
  std::string kind, name, version, summary;  // "storage/1", "sqlite", "1.0.0"
  std::string path;
  std::vector<SettingDescription> settings;
  std::string
      fault;  // not empty: it can't be loaded, and this sentence says why; only kind, name, path are known
};

class Plugin {
 public:
  // [configuration] <plugin_dir>/<folder of kind>/<entry.name>.so, checked, loaded and created with the entry's
  // settings. Throws BadSettings. `log` and `clock` outlive the plugin.
  static std::unique_ptr<Plugin> load(std::string_view kind, const settings::PluginEntry& entry,
                                      const std::string& plugin_dir, Log& log, const Clock& clock);
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;
  ~Plugin();  // stops, where started

  // [each worker, after fork] Throws BadSettings where the plugin says INVALID, else Unavailable. After stop it may
  // come again; a second start without a stop between is no call at all.
  void start();
  void stop() noexcept;  // [the same worker] after the last call

  const std::string& name() const { return name_; }
  void* self() const { return self_; }
  // The kind's functions. Throws BadSettings where the plugin's table is shorter than Table.
  template <class Table>
  const Table& table() const {
    return *static_cast<const Table*>(checked_table(sizeof(Table)));
  }
  // The same of a kind that has grown: a copy, null where the plugin's own table ends earlier. Throws BadSettings where it
  // is shorter than `least` bytes.
  template <class Table>
  Table grown_table(std::size_t least) const {
    Table copy{};
    const void* found = checked_table(least);
    std::uint32_t size = 0;
    std::memcpy(&size, found, sizeof(size));
    std::memcpy(&copy, found, std::min<std::size_t>(size, sizeof(Table)));
    return copy;
  }

 private:
  class Library;
  Plugin();
  const void* checked_table(std::size_t size) const;

  std::unique_ptr<Library> library_;  // first, since it has to go last
  std::unique_ptr<class Services> services_;
  const doorward_plugin* descriptor_ = nullptr;
  void* self_ = nullptr;
  std::string name_, path_;
  bool started_ = false;

  friend PluginDescription describe_plugin(std::string_view, std::string_view, const std::string&);
};

// Of what Boost.DLL throws, which wraps dlerror(3) as "... (dlerror system message: TEXT): Bad file descriptor": TEXT.
std::string loader_text(std::string_view message);

inline constexpr std::string_view part_folder =
    "part";  // of plugin_dir; what lies there is no plugin: parts.hpp

// What a plugin says of itself; its library is loaded and closed again, create() isn't called. Doesn't throw for a fault.
PluginDescription describe_plugin(std::string_view kind, std::string_view name,
                                  const std::string& plugin_dir);

// All files <plugin_dir>/*/*.so, sorted by kind and name. Throws BadSettings where plugin_dir can't be read.
std::vector<PluginDescription> describe_plugins(const std::string& plugin_dir);

}  // namespace doorward::plugin_host
