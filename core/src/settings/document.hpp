// One YAML file as a tree of text, each value with its place. Nothing is guessed: `no` and `0777` stay text, and
// the table of keys.cpp decides what they mean. Only document.cpp includes yaml-cpp.
//
// The file is untrusted as far as its size goes: limits are checked before and while it is parsed, so that no
// file costs more than a second or 64 MiB. What yaml-cpp lets pass silently is a fault here: keys given twice,
// aliases that multiply, tags, a second document.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "settings/faults.hpp"

namespace doorward::settings {

// yaml-cpp 0.7 keeps 250 bytes for each bracket of a list that isn't closed: a file of 1 MiB would cost 250 MiB.
constexpr std::size_t most_file_bytes = 128 * 1024;
constexpr std::size_t most_nodes = 20'000;  // of one file, aliases expanded
constexpr std::size_t most_aliases = 100;   // of one file
constexpr std::size_t most_depth = 64;

struct Entry;

struct Node {
  enum class Kind {
    faulty,   // already complained about: whoever meets it says nothing more
    nothing,  // `key:` without a value, or `null`
    text,
    list,
    map
  };
  Kind kind = Kind::nothing;
  std::string text;
  std::vector<Node> items;     // of a list
  std::vector<Entry> entries;  // of a map, in the order of the file, each key once
  Place place;

  const Entry* find(std::string_view key) const;
};

struct Entry {
  std::string key;
  Place place;  // of the key
  Node value;
};

// The tree of a file's bytes; none when it isn't YAML at all. An empty file is an empty map. `file` is for places.
std::optional<Node> parse_document(const std::string& file, const std::string& bytes, Faults& faults);

// The bytes of a regular file of at most `most` bytes; none, and a fault at `place`, when it can't be read.
std::optional<std::string> read_file(const std::string& file, std::size_t most, const Place& place,
                                     Faults& faults);

}  // namespace doorward::settings
