// Parts: small libraries beside the plugins, <plugin_dir>/part/<name>.so, that are opened when they are first needed and
// stay open until the process ends. The same is asked of their files as of a plugin's.
#pragma once
#include <parts/part.h>

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
  std::string fetch(const Wish& wish) override;

 private:
  template <class Function>
  Function* open(std::string_view name, Function*& opened);

  const std::string plugin_dir_;
  std::mutex mutex_;
  decltype(&doorward_picture_v1) picture_ = nullptr;
  decltype(&doorward_phone_v1) phone_ = nullptr;
  decltype(&doorward_fetch_v1) fetch_ = nullptr;
};

// A sentence for each part that can't be opened. Opens them, and they stay open: for a process that ends soon.
std::vector<std::string> faults_of_parts(const std::string& plugin_dir);

}  // namespace doorward::plugin_host
