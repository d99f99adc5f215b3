#include "plugin_host/loader.hpp"

#include <algorithm>
#include <boost/dll/shared_library.hpp>
#include <cstring>
#include <filesystem>
#include <optional>
#include <span>

#include "base/errors.hpp"
#include "base/text.hpp"
#include "plugin_host/plugin_file.hpp"
#include "plugin_host/services.hpp"
#include "plugin_host/settings_check.hpp"

namespace doorward::plugin_host {

namespace {

using settings::Faults;
using settings::PluginEntry;

std::string_view folder_of(std::string_view kind) { return kind.substr(0, kind.find('/')); }

// A sentence for each way in which a descriptor can't be used; empty: it can. Later fields are touched only once
// the size says that they are there.
std::string descriptor_fault(const doorward_plugin* found, const std::string& path, std::string_view kind,
                             std::string_view name) {
  const auto differs = [&](const char* what, const std::string& is, const std::string& wanted) {
    return path + ": found " + what + " " + is + ", wanted " + wanted;
  };
  if (found == nullptr) return path + ": doorward_plugin_v1() returned no descriptor";
  if (found->size < sizeof(doorward_plugin))
    return differs(
        "a descriptor of", std::to_string(found->size) + " bytes",
        std::to_string(sizeof(doorward_plugin)) + " or more: it was built with a damaged or older plugin.h");
  if (found->abi != DOORWARD_ABI)
    return differs("plugin border", "revision " + std::to_string(found->abi),
                   std::to_string(DOORWARD_ABI) + ": it has to be built again for this version of Doorward");
  for (const char* text : {found->kind, found->name, found->version, found->summary})
    if (text == nullptr || !is_utf8(text))
      return path + ": kind, name, version or summary is missing or no UTF-8";
  if (found->kind != kind) return differs("kind", settings::quoted(found->kind), settings::quoted(kind));
  if (found->name != name)
    return differs("name", settings::quoted(found->name), settings::quoted(name) + ", as the file is called");
  if (found->table == nullptr || found->create == nullptr || found->start == nullptr ||
      found->stop == nullptr || found->destroy == nullptr)
    return path + ": create, start, stop, destroy or the table of " + std::string(kind) + " is missing";
  for (const doorward_setting& one :
       std::span(found->settings, found->settings == nullptr ? 0 : found->setting_count))
    if (one.key == nullptr || one.help == nullptr || one.type > DOORWARD_SETTING_PATH)
      return path + ": a declared setting has no key, no help or an unknown type";
  return {};
}

std::span<const doorward_setting> settings_of(const doorward_plugin& plugin) {
  return {plugin.settings, plugin.settings == nullptr ? 0 : plugin.setting_count};
}

void append(void* self, doorward_text text) noexcept {
  try {
    if (text.size != 0) static_cast<std::string*>(self)->append(text.data, text.size);
  } catch (...) {  // out of memory: a shorter sentence
  }
}

// A plugin's own lines, each beside the setting whose key it begins with, else beside the plugin's entry.
void add_lines(const PluginEntry& entry, const std::string& lines, Faults& faults) {
  std::size_t start = 0;
  while (start <= lines.size()) {
    const std::size_t end = std::min(lines.find('\n', start), lines.size());
    const std::string line = lines.substr(start, end - start);
    start = end + 1;
    if (line.empty()) continue;
    const auto is_about = [&](const settings::PluginValue& value) {
      return line.starts_with(value.key + ":");
    };
    const auto value = std::find_if(entry.values.begin(), entry.values.end(), is_about);
    faults.add(value == entry.values.end() ? entry.place : value->place,
               "the plugin " + entry.name + " says: " + line);
  }
}

[[noreturn]] void refuse(const PluginEntry& entry, const std::string& sentence) {
  Faults faults;
  faults.add(entry.place, sentence);
  throw BadSettings(faults.text());
}

}  // namespace

std::string loader_text(std::string_view message) {
  constexpr std::string_view before = "dlerror system message: ";
  const std::size_t start = message.find(before);
  if (start != std::string_view::npos) message.remove_prefix(start + before.size());
  const std::size_t end = message.rfind("): ");
  return std::string(start == std::string_view::npos ? message : message.substr(0, end));
}

class Plugin::Library {
 public:
  // Null, and a sentence in `fault`, where the file can't be loaded or isn't the plugin that it should be.
  static std::unique_ptr<Library> open(std::string_view kind, std::string_view name,
                                       const std::string& plugin_dir, std::string& fault) {
    PluginFile file = find_plugin_file(plugin_dir, folder_of(kind), name);
    fault = std::move(file.fault);
    if (!fault.empty()) return nullptr;
    auto library = std::unique_ptr<Library>(new Library);
    try {
      using boost::dll::load_mode::rtld_local;
      using boost::dll::load_mode::rtld_now;
      library->library_.load(file.path, rtld_now | rtld_local);
    } catch (const std::exception& error) {
      fault = file.path + " can't be loaded: " + loader_text(error.what());
      return nullptr;
    }
    if (!library->library_.has("doorward_plugin_v1")) {
      fault = file.path + " is not a Doorward plugin: it doesn't export the function doorward_plugin_v1";
      return nullptr;
    }
    library->descriptor_ = library->library_.get<decltype(doorward_plugin_v1)>("doorward_plugin_v1")();
    library->path_ = file.path;
    fault = descriptor_fault(library->descriptor_, file.path, kind, name);
    return fault.empty() ? std::move(library) : nullptr;
  }
  const doorward_plugin& descriptor() const { return *descriptor_; }
  const std::string& path() const { return path_; }

 private:
  Library() = default;
  boost::dll::shared_library library_;
  const doorward_plugin* descriptor_ = nullptr;
  std::string path_;
};

Plugin::Plugin() = default;

std::unique_ptr<Plugin> Plugin::load(std::string_view kind, const PluginEntry& entry,
                                     const std::string& plugin_dir, Log& log, const Clock& clock) {
  std::string fault;
  std::unique_ptr<Plugin> plugin(new Plugin);
  plugin->library_ = Library::open(kind, entry.name, plugin_dir, fault);
  if (plugin->library_ == nullptr) refuse(entry, fault);
  plugin->descriptor_ = &plugin->library_->descriptor();
  plugin->name_ = entry.name;
  plugin->path_ = plugin->library_->path();

  Faults faults;
  const SettingValues values = check_settings(settings_of(*plugin->descriptor_), entry, faults);
  if (!faults.empty()) throw BadSettings(faults.text());
  std::vector<doorward_pair> pairs;
  pairs.reserve(values.size());
  for (const auto& [key, value] : values)
    pairs.push_back({{key.data(), key.size()}, {value.data(), value.size()}});

  plugin->services_ = std::make_unique<Services>(log, clock);
  std::string lines;
  const doorward_sink why{&lines, &append};
  void* self = nullptr;
  const doorward_status status =
      plugin->descriptor_->create(plugin->services_->table(), pairs.data(), pairs.size(), &self, &why);
  if (status != DOORWARD_OK) {
    if (lines.empty()) lines = "it can't be created, and it doesn't say why";
    add_lines(entry, lines, faults);
    throw BadSettings(faults.text());
  }
  plugin->self_ = self;
  return plugin;
}

Plugin::~Plugin() {
  stop();
  if (self_ != nullptr) descriptor_->destroy(self_);
}

void Plugin::start() {
  if (started_) return;
  std::string lines;
  const doorward_sink why{&lines, &append};
  const doorward_status status = descriptor_->start(self_, &why);
  if (status == DOORWARD_OK) {
    started_ = true;
    return;
  }
  const std::string sentence = "the plugin " + name_ + " can't be started: " +
                               (lines.empty() ? "it doesn't say why" : escape_line(lines));
  if (status == DOORWARD_INVALID) throw BadSettings(sentence);
  throw Unavailable(sentence);
}

void Plugin::stop() noexcept {
  if (started_) descriptor_->stop(self_);
  started_ = false;
}

const void* Plugin::checked_table(std::size_t size) const {
  std::uint32_t found = 0;
  std::memcpy(&found, descriptor_->table, sizeof(found));
  if (found < size)
    throw BadSettings(path_ + ": found a table of " + std::to_string(found) + " bytes for " +
                      descriptor_->kind + ", wanted " + std::to_string(size) + " or more");
  return descriptor_->table;
}

PluginDescription describe_plugin(std::string_view kind, std::string_view name,
                                  const std::string& plugin_dir) {
  PluginDescription description;
  description.kind = kind;
  description.name = name;
  const auto asked = std::filesystem::path(plugin_dir) / folder_of(kind) / (std::string(name) + ".so");
  description.path = asked.string();
  const auto library = Plugin::Library::open(kind, name, plugin_dir, description.fault);
  if (library == nullptr) return description;
  const auto or_empty = [](const char* text) { return std::string(text == nullptr ? "" : text); };
  const doorward_plugin& found = library->descriptor();
  description.version = found.version;
  description.summary = found.summary;
  for (const doorward_setting& one : settings_of(found))
    description.settings.push_back({one.key, setting_type_name(one.type), or_empty(one.fallback),
                                    or_empty(one.choices), one.help, one.fallback == nullptr});
  return description;
}

std::vector<PluginDescription> describe_plugins(const std::string& plugin_dir) {
  namespace fs = std::filesystem;
  std::vector<std::pair<std::string, std::string>> found;  // kind, name
  try {
    for (const auto& folder : fs::directory_iterator(plugin_dir)) {
      if (!folder.is_directory() || folder.path().filename() == part_folder) continue;
      for (const auto& file : fs::directory_iterator(folder.path()))
        if (file.path().extension() == ".so")
          found.emplace_back(folder.path().filename().string() + "/1", file.path().stem().string());
    }
  } catch (const fs::filesystem_error& error) {
    throw BadSettings("the folder of plugins " + plugin_dir + " can't be read: " + error.code().message());
  }
  std::sort(found.begin(), found.end());
  std::vector<PluginDescription> all;
  for (const auto& [kind, name] : found) all.push_back(describe_plugin(kind, name, plugin_dir));
  return all;
}

}  // namespace doorward::plugin_host
