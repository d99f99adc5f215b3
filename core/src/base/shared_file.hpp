// Memory that all processes of a host share: a small file below state_dir, mapped by every worker of every web
// server and by the command. It survives a reload; after a reboot it begins anew (zeros), as nothing that
// relied on it lives on. Whoever opens it first lays it out.
#pragma once
#include <cstddef>
#include <functional>
#include <string>

namespace doorward {

class SharedFile {
 public:
  // `size` bytes of zeros, then changed by `layout` under a lock, once. `kind` and size must agree among all who
  // open it; a file of another layout is laid out anew under a new inode, and who still maps the old one keeps it.
  // Throws std::system_error with the path.
  SharedFile(const std::string& path, const std::string& kind, std::size_t size,
             const std::function<void(std::byte*)>& layout = {});
  ~SharedFile();
  SharedFile(const SharedFile&) = delete;
  SharedFile& operator=(const SharedFile&) = delete;

  std::byte* data() const { return data_; }  // aligned to 64 bytes
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_ = -1;
  std::byte* mapping_ = nullptr;
  std::size_t mapped_ = 0;
  std::byte* data_ = nullptr;
};

}  // namespace doorward
