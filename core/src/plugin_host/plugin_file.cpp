#include "plugin_host/plugin_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "plugin_host/elf_file.hpp"
#include "settings/faults.hpp"

namespace doorward::plugin_host {

namespace {

namespace fs = std::filesystem;

enum class Wanted { folder, file };

// Empty where the thing is as wanted and only root or the current user could have written it.
std::string distrust(const fs::path& path, Wanted wanted) {
  struct stat found{};
  if (::lstat(path.c_str(), &found) != 0) return path.string() + " can't be looked at";
  const bool fits = wanted == Wanted::folder ? S_ISDIR(found.st_mode) : S_ISREG(found.st_mode);
  if (!fits)
    return path.string() + (wanted == Wanted::folder ? " is not a folder" : " is not a regular file");
  if (found.st_uid != 0 && found.st_uid != ::geteuid())
    return path.string() + " belongs to user " + std::to_string(found.st_uid) +
           ", but has to belong to root or to user " + std::to_string(::geteuid()) +
           ": whoever owns a plugin runs code in the web server";
  if ((found.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return path.string() +
           " is writable by others, but may be by its owner only (chmod go-w): whoever can write a " +
           "plugin runs code in the web server";
  return {};
}

bool is_below(const fs::path& path, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

// The folder and those above it, up to root.
std::string distrust_folders(fs::path folder, const fs::path& root) {
  if (!is_below(folder, root)) return folder.string() + " is not in " + root.string();
  for (;; folder = folder.parent_path()) {
    std::string fault = distrust(folder, Wanted::folder);
    if (!fault.empty() || folder == root) return fault;
  }
}

}  // namespace

bool is_plugin_name(std::string_view name) {
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto inner = [&](char c) { return lower(c) || (c >= '0' && c <= '9') || c == '_'; };
  return !name.empty() && name.size() <= 64 && lower(name.front()) &&
         std::all_of(name.begin(), name.end(), inner);
}

PluginFile find_plugin_file(const std::string& plugin_dir, std::string_view folder, std::string_view name,
                            const char* symbol) {
  if (!is_plugin_name(folder) || !is_plugin_name(name))
    return {
        {},
        settings::quoted(name) + " is not a name of a plugin: a to z, 0 to 9 and _, beginning with a letter"};
  std::error_code error;
  const fs::path root = fs::canonical(plugin_dir, error);
  if (error) return {{}, "the folder of plugins " + plugin_dir + " can't be used: " + error.message()};
  const fs::path asked = root / folder / (std::string(name) + ".so");
  const fs::path path = fs::canonical(asked, error);
  if (error) return {{}, asked.string() + " can't be used: " + error.message()};
  if (!is_below(path, root))
    return {{}, asked.string() + " leads to " + path.string() + ", which is not in " + root.string()};

  std::string fault = distrust(path, Wanted::file);
  if (fault.empty()) fault = distrust_folders(path.parent_path(), root);
  // Where the file is a link, whoever can write beside the link decides as well.
  if (fault.empty()) fault = distrust_folders(fs::canonical(asked.parent_path(), error), root);
  if (fault.empty()) fault = elf_fault(path.string(), symbol);
  if (!fault.empty()) return {{}, std::move(fault)};
  return {path.string(), {}};
}

}  // namespace doorward::plugin_host
