// The file of a plugin, looked at before any of its code runs: where it lies, who could have written it, and whether
// it is a whole library of this machine that exports what a plugin exports.
#pragma once
#include <string>
#include <string_view>

namespace doorward::plugin_host {

bool is_plugin_name(std::string_view name);  // [a-z][a-z0-9_]*

struct PluginFile {
  std::string path;   // absolute, without links; empty: it can't be used
  std::string fault;  // a sentence that names the file, what was found and what is wanted
};

// <plugin_dir>/<folder>/<name>.so, which exports `symbol`. The file and both folders have to belong to root or to the
// current user and may not be writable by anybody else; a link may not leave plugin_dir.
PluginFile find_plugin_file(const std::string& plugin_dir, std::string_view folder, std::string_view name,
                            const char* symbol = "doorward_plugin_v1");

}  // namespace doorward::plugin_host
