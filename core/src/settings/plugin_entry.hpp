// `storage: {plugin: sqlite, path: ...}`: the plugin's name, and its own settings as dotted names with their places.
// Whether the plugin knows them is checked against its declaration by those who load it.
#pragma once
#include "settings/document.hpp"

namespace doorward::settings {

// `key` is "storage" or "mailer". A map of the one key `file` or `env` is a reference to a secret: it is read here.
PluginEntry read_plugin_entry(const std::string& key, const Node& node, Faults& faults);

}  // namespace doorward::settings
