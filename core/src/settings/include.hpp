// `include:` of the main file: more files whose maps are laid into one tree.
//
// Maps merge. What stands in the main file wins over an included one; what two included files say differently or
// twice is a fault, since nobody could tell by their names which one counts. Included files include nothing.
#pragma once
#include "settings/document.hpp"

namespace doorward::settings {

constexpr std::size_t most_files = 64;           // included ones; all together have at most most_nodes
constexpr std::size_t most_bytes = 1024 * 1024;  // of all files together

struct Merged {
  Node root;
  std::vector<std::string> files;  // absolute, the main file first
};

// None when a file can't be read as YAML: its keys would only be reported as missing.
std::optional<Merged> read_all(const std::string& main_file, Faults& faults);

}  // namespace doorward::settings
