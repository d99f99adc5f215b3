// Reads a corpus again: every file of the folders named, in memory of exactly its size. Fails where there is none.
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <vector>

#include "fuzz.hpp"

int main(int count, char** folders) {
  int files = 0;
  for (int i = 1; i < count; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(folders[i])) {
      std::ifstream file(entry.path(), std::ios::binary);
      const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
      const std::unique_ptr<std::uint8_t[]> exact(new std::uint8_t[bytes.size()]);
      if (!bytes.empty()) std::memcpy(exact.get(), bytes.data(), bytes.size());
      std::printf("%s\n", entry.path().filename().c_str());
      std::fflush(stdout);
      LLVMFuzzerTestOneInput(exact.get(), bytes.size());
      ++files;
    }
  }
  if (files == 0) std::fprintf(stderr, "there is no corpus\n");
  return files == 0 ? 1 : 0;
}
