// Reads the small files of a theme.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::pages {

// None: it isn't there, isn't a regular file, can't be read or is larger than `limit` bytes.
std::optional<std::string> read_file(const std::string& path, std::size_t limit);
// The names of the regular files of a folder, sorted, without those that start with a dot or end with ~.
std::vector<std::string> list_files(const std::string& folder);
bool is_folder(const std::string& path);

}  // namespace doorward::pages
