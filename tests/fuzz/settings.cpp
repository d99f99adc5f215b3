// doorward.yaml: read, or refused with sentences; nothing else comes out.
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/errors.hpp"
#include "fuzz.hpp"
#include "settings/read.hpp"

using namespace doorward;

namespace {

struct File {  // one for all inputs of this process
  std::string path =
      (std::filesystem::temp_directory_path() / ("doorward-fuzz-" + std::to_string(::getpid()) + ".yaml"))
          .string();
  ~File() { ::unlink(path.c_str()); }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const File file;
  const std::string_view yaml = fuzz::text(data, size);
  std::ofstream(file.path, std::ios::binary) << yaml;
  try {
    const settings::Settings read = settings::read(file.path);
    fuzz::must(!read.public_url.empty() && !read.storage.name.empty() && !read.locales.empty(),
               "what is needed is there");
    fuzz::must(read.public_url.starts_with("https://") || !read.secure, "https but on loopback");
    fuzz::must(!settings::effective(read).empty(), "it can be shown");
  } catch (const BadSettings& bad) {
    fuzz::must(std::strlen(bad.what()) != 0, "a refusal says why");
  }
  return 0;
}
