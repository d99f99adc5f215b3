// Runs a target over the files of a folder, and over inputs made from them: pieces taken out, doubled, joined and
// overwritten, in an order that is the same each time.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "fuzz.hpp"

namespace {

constexpr int made = 4000;
constexpr std::size_t longest = 4096;

std::vector<std::string> files_of(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.is_regular_file()) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> inputs;
  for (const auto& path : paths) {
    std::ostringstream bytes;
    bytes << std::ifstream(path, std::ios::binary).rdbuf();
    inputs.push_back(std::move(bytes).str());
  }
  return inputs;
}

class Maker {
 public:
  explicit Maker(const std::vector<std::string>& inputs) : inputs_(inputs) {}

  std::string make() {
    std::string input = any();
    for (std::size_t steps = 1 + below(4); steps > 0; --steps) change(input);
    if (input.size() > longest) input.resize(longest);
    return input;
  }

 private:
  std::size_t below(std::size_t end) { return end == 0 ? 0 : random_() % end; }
  const std::string& any() { return inputs_[below(inputs_.size())]; }

  void change(std::string& input) {
    static constexpr char marks[] = "\0\t\n\r \"#%&'*,-./:;<=>?@[\\]`{|}~\x7f\x80\xc3\xa4\xe2\x80\xa8\xff";
    const std::size_t at = below(input.size() + 1),
                      length = below(std::min<std::size_t>(input.size() - at, 16) + 1);
    switch (below(6)) {
      case 0: input.erase(at, length); break;
      case 1: input.insert(at, input.substr(at, length)); break;
      case 2: input.insert(at, 1, marks[below(sizeof marks - 1)]); break;
      case 3: input.replace(at, length, any().substr(0, below(64))); break;
      case 4: input.insert(at, std::string(below(64), marks[below(sizeof marks - 1)])); break;
      default:
        if (at < input.size()) input[at] = static_cast<char>(random_());
    }
  }

  const std::vector<std::string>& inputs_;
  std::mt19937 random_{20'260'101};
};

void run(const std::string& input) {
  // A copy of exactly this size, so that a sanitizer sees a read beyond its end.
  const std::vector<std::uint8_t> bytes(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const auto inputs = files_of(arguments[1]);
  if (inputs.empty()) {
    std::fprintf(stderr, "%s: there is no corpus\n", arguments[1]);
    return 2;
  }
  for (const std::string& input : inputs) run(input);
  Maker maker(inputs);
  for (int i = 0; i < made; ++i) run(maker.make());
  std::printf("%zu files, %d made from them\n", inputs.size(), made);
  return 0;
}
