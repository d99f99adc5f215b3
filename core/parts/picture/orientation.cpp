#include <cstdint>

#include "decode.hpp"

namespace doorward::picture {
namespace {

// A TIFF file inside the segment: numbers in the byte order that it names first. Beyond the end everything is 0.
class Tiff {
 public:
  explicit Tiff(std::string_view bytes) : bytes_(bytes), little_(bytes.starts_with("II")) {}

  std::uint32_t number(std::size_t at, unsigned size) const {
    if (at > bytes_.size() || bytes_.size() - at < size) return 0;
    std::uint32_t value = 0;
    for (unsigned i = 0; i < size; ++i)
      value = value << 8 | static_cast<std::uint8_t>(bytes_[at + (little_ ? size - 1 - i : i)]);
    return value;
  }

 private:
  std::string_view bytes_;
  bool little_;
};

}  // namespace

int exif_orientation(std::string_view segment) {
  using namespace std::string_view_literals;
  constexpr auto mark = "Exif\0\0"sv;
  return segment.starts_with(mark) ? tiff_orientation(segment.substr(mark.size())) : 1;
}

int tiff_orientation(std::string_view bytes) {
  const Tiff tiff(bytes);
  if (tiff.number(2, 2) != 42) return 1;
  const std::size_t directory = tiff.number(4, 4);
  const std::uint32_t count = tiff.number(directory, 2);
  for (std::uint32_t i = 0; i < count && i < 200; ++i) {
    const std::size_t entry = directory + 2 + std::size_t{i} * 12;
    if (tiff.number(entry, 2) == 0x0112) return static_cast<int>(tiff.number(entry + 8, 2));
  }
  return 1;
}

}  // namespace doorward::picture
