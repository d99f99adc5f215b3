// A folder of settings files that goes away with the test.
#pragma once
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "base/errors.hpp"
#include "settings/read.hpp"

namespace doorward::settings {

// What must be given; tests append to it.
inline const std::string least =
    "public_url: https://example.org\n"
    "storage: {plugin: sqlite}\n"
    "mailer: {plugin: smtp}\n"
    "mail: {from_address: noreply@example.org}\n";

class Folder : public ::testing::Test {
 protected:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "doorward-settings-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
  }
  ~Folder() override { std::filesystem::remove_all(path); }

  std::string write(const std::string& name, const std::string& bytes) {
    const auto file = path / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << bytes;
    return file.string();
  }

  Settings read_text(const std::string& yaml) { return read(write("doorward.yaml", yaml)); }

  // All faults, one a line, with "yaml" for the main file's path; "" when there are none.
  std::string faults_of(const std::string& yaml) {
    const std::string file = write("doorward.yaml", yaml);
    try {
      read(file);
      return "";
    } catch (const BadSettings& bad) {
      std::string text = bad.what();
      for (std::size_t at; (at = text.find(file)) != std::string::npos;)
        text.replace(at, file.size(), "yaml");
      for (std::size_t at; (at = text.find(path.string() + "/")) != std::string::npos;)
        text.erase(at, path.string().size() + 1);
      return text;
    }
  }

  std::filesystem::path path;
};

}  // namespace doorward::settings
