// Files of a folder, for `doorward serve --root`: enough for a small site, and nothing beyond the folder.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace doorward::server {

class StaticFiles {
 public:
  // Throws std::invalid_argument with a sentence when there is no such folder.
  explicit StaticFiles(const std::string& folder);
  StaticFiles(const StaticFiles&) = delete;
  StaticFiles& operator=(const StaticFiles&) = delete;
  ~StaticFiles();

  struct Found {
    int descriptor = -1;  // open for reading, the caller's; -1: there is no such file
    std::uint64_t size = 0;
    std::string type;        // Content-Type
    bool is_folder = false;  // named without the slash at its end: the client has to ask with one
  };
  // A normalized, decoded path. A folder stands for its index.html. Links are not followed, and names that begin
  // with a dot don't exist, except /.well-known. [any thread]
  Found find(std::string_view path) const;

 private:
  int folder_ = -1;
};

}  // namespace doorward::server
