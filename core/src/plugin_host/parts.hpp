// Parts: small libraries beside the plugins, <plugin_dir>/part/<name>.so, that are opened when they are first needed and
// stay open until the process ends. The same is asked of their files as of a plugin's.
#pragma once
#include <mutex>
#include <string>
#include <vector>

#include "base/parts.hpp"

namespace doorward::plugin_host {

class OpenedParts final : public Parts {
 public:
  explicit OpenedParts(std::string plugin_dir) : plugin_dir_(std::move(plugin_dir)) {}

  Result<std::string> picture(std::string_view file) override;
  std::optional<PhoneNumber> phone_number(std::string_view text, const std::string& country) override;

 private:
  template <class Function>
  Function* open(std::string_view name, Function*& opened);

  const std::string plugin_dir_;
  std::mutex mutex_;
  int (*picture_)(const char*, std::size_t, void*, void (*)(void*, const char*, std::size_t)) = nullptr;
  int (*phone_)(const char*, std::size_t, const char*, void*,
                void (*)(void*, const char*, std::size_t)) = nullptr;
};

// A sentence for each part that can't be opened. Opens them, and they stay open: for a process that ends soon.
std::vector<std::string> faults_of_parts(const std::string& plugin_dir);

}  // namespace doorward::plugin_host
