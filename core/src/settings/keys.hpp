// The table of everything doorward.yaml may say, but for what single plugins accept: reading, `config show`, the
// JSON Schema and the reference are all made from it.
#pragma once
#include <span>
#include <variant>

#include "settings/settings.hpp"
#include "settings/values.hpp"

namespace doorward::settings {

// Where a value goes. The type of the member decides how the value is written.
using Member = std::variant<std::string& (*)(Settings&), bool& (*)(Settings&), std::uint32_t& (*)(Settings&),
                            std::uint64_t& (*)(Settings&),  // a size, in KiB
                            std::chrono::seconds& (*)(Settings&), std::chrono::milliseconds& (*)(Settings&),
                            std::vector<std::string>& (*)(Settings&),  // a list of text
                            Names& (*)(Settings&),                     // a map of names
                            PluginEntry& (*)(Settings&)>;

struct Key {
  const char* name;  // "session.idle"; at most two parts
  Member member;
  const char* fallback;  // as written in YAML; a list's items are parted by ", "; null: the key must be given
  const char* least;     // of numbers, sizes and durations, as written in YAML; null: no bound
  const char* most;
  Check check;       // of a text, and of each text of a list; null: any text without control characters
  bool folder;       // a path, made absolute beside the file that it stands in
  const char* help;  // one line: why one would set it
};

std::span<const Key> keys();
const Key* find_key(std::string_view name);

}  // namespace doorward::settings
