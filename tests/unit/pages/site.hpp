// Doorward's own theme, and a folder of a site's own files that a test fills. The folder goes with the test.
#pragma once
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "base/errors.hpp"
#include "pages/renderer.hpp"

namespace doorward::pages {

class Site {
 public:
  Site() {
    std::string pattern = (std::filesystem::temp_directory_path() / "doorward-pages-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
    folder_ = pattern;
  }
  ~Site() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  Site& file(const std::string& name, const std::string& bytes) {
    const auto path = std::filesystem::path(folder_) / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
    return *this;
  }

  const std::string& folder() const { return folder_; }

  Sources sources() const {
    const std::string root = DOORWARD_ROOT;
    return {root + "/config/theme", folder_, root + "/config/locales", {"en", "de"}};
  }

  std::unique_ptr<const Renderer> load() const { return Renderer::load(sources()); }

  // What load() refuses; empty: it doesn't.
  std::string faults() const {
    try {
      load();
    } catch (const BadSettings& bad) {
      return bad.what();
    }
    return {};
  }

 private:
  std::string folder_;
};

inline nlohmann::json sample_model() {
  return {{"site", {{"name", "Northwind"}, {"support_email", "help@northwind.example"}, {"home", "/"}}},
          {"csrf", "token"},
          {"action", "/account/login"},
          {"password_min", 15},
          {"links",
           {{"account", "/account"},
            {"login", "/account/login"},
            {"signup", "/account/signup"},
            {"recovery", "/account/recovery"},
            {"logout", "/account/logout"},
            {"profile", "/account/profile"},
            {"password", "/account/password"},
            {"sessions", "/account/sessions"},
            {"style", "/account/style.css"}}}};
}

}  // namespace doorward::pages
