// A temporary folder with plugins in it, a log that remembers, and a clock that stands still.
#pragma once
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "base/errors.hpp"
#include "plugin_host/loader.hpp"

namespace doorward::plugin_host {

class RememberingLog final : public Log {
 public:
  void write(Level, std::string_view line) override {
    const std::lock_guard lock(mutex_);
    lines_.emplace_back(line);
  }
  std::vector<std::string> lines() {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> lines_;
};

class StandingClock final : public Clock {
 public:
  Time now() const override { return from_microseconds(1234567); }
};

class PluginTest : public ::testing::Test {
 protected:
  PluginTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "doorward-plugins-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
    std::filesystem::create_directory(path / "storage");
  }
  ~PluginTest() override { std::filesystem::remove_all(path); }

  // Copies one of the odd plugins into this test's own folder.
  std::filesystem::path take(const std::string& name) {
    const auto file = path / "storage" / (name + ".so");
    std::filesystem::copy_file(std::filesystem::path(ODD_PLUGINS) / "storage" / (name + ".so"), file);
    return file;
  }
  static settings::PluginEntry entry(const std::string& name,
                                     std::vector<settings::PluginValue> values = {}) {
    return {name, std::move(values), {"/etc/doorward/doorward.yaml", 7, 3}};
  }
  static settings::PluginValue value(const std::string& key, const std::string& text, int line = 8) {
    return {key, text, false, {"/etc/doorward/doorward.yaml", line, 5}};
  }
  static std::vector<settings::PluginValue> named() { return {value("name", "x")}; }

  std::unique_ptr<Plugin> load(const settings::PluginEntry& given, const std::string& folder = ODD_PLUGINS) {
    return Plugin::load("storage/1", given, folder, log, clock);
  }
  std::string fault_of(const settings::PluginEntry& given, const std::string& folder = ODD_PLUGINS) {
    try {
      load(given, folder);
    } catch (const BadSettings& error) {
      return error.what();
    }
    return {};
  }
  std::string fault_of(const std::string& name, const std::string& folder = ODD_PLUGINS) {
    return fault_of(entry(name, named()), folder);
  }

  std::filesystem::path path;
  RememberingLog log;
  StandingClock clock;
};

inline bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace doorward::plugin_host
