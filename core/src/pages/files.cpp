#include "pages/files.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace doorward::pages {
namespace fs = std::filesystem;

std::optional<std::string> read_file(const std::string& path, std::size_t limit) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return std::nullopt;
  const auto size = fs::file_size(path, error);
  if (error || size > limit) return std::nullopt;
  std::ifstream in(path, std::ios::binary);
  std::string bytes(static_cast<std::size_t>(size), '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  // A file that shrinks or grows while it is read is being written: what is here now would be a piece of it.
  if (static_cast<std::size_t>(in.gcount()) != bytes.size() || in.peek() != std::ifstream::traits_type::eof())
    return std::nullopt;
  return bytes;
}

std::vector<std::string> list_files(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (entry.is_regular_file(error) && !name.starts_with('.') && !name.ends_with('~')) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool is_folder(const std::string& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

}  // namespace doorward::pages
