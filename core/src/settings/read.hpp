// Reading doorward.yaml, and telling what was read. Keys, defaults and bounds stand in the table of keys.cpp.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "settings/settings.hpp"

namespace doorward::settings {

// The checked settings of a file and of the files it includes. Throws BadSettings with every fault at once, one a
// line, each with file, line and column, and for an unknown key the nearest known one. What a plugin accepts is
// not known here: its values are handed on as text. Any thread; reads files, blocks.
Settings read(const std::string& yaml_path);

struct Effective {    // one line of `doorward config show`
  std::string key;    // "session.idle", "storage.path"
  std::string value;  // as one would write it in YAML; what came by reference as "********"
  Place place;        // line 0: the default
};
// All settings in the order of the table.
std::vector<Effective> effective(const Settings& settings);

nlohmann::json schema();  // JSON Schema 2020-12 of doorward.yaml, without what single plugins accept

}  // namespace doorward::settings
