// A JPEG file's segments, walked along as libjpeg will: a marker, a length, and behind a scan's header what it has packed.
#include <algorithm>

#include "decode.hpp"

namespace doorward::picture {
namespace {

constexpr std::size_t most_segments = 1000;  // a photo has twenty, and one more for each 64 KiB of metadata

bool stands_alone(unsigned marker) {  // without a length: padding, TEM, RST0 to RST7 (T.81 B.1.1.3)
  return marker == 0x00 || marker == 0x01 || (marker >= 0xd0 && marker <= 0xd7);
}

bool is_arithmetic(unsigned marker) {
  return marker == 0xc9 || marker == 0xca || marker == 0xcb || (marker >= 0xcd && marker <= 0xcf);
}

// The byte behind the next 0xFF, taken from `rest`; EOI where there is none.
unsigned take_marker(std::string_view& rest) {
  constexpr unsigned end = 0xd9;
  const std::size_t at = rest.find('\xff');
  const std::size_t code = at == std::string_view::npos ? at : rest.find_first_not_of('\xff', at);
  if (code == std::string_view::npos) return end;
  const unsigned marker = static_cast<std::uint8_t>(rest[code]);
  rest.remove_prefix(code + 1);
  return marker;
}

}  // namespace

Segments look_at_segments(std::string_view file) {
  Segments found;
  std::string_view rest = file.substr(2);
  for (std::size_t count = 0;;) {
    const unsigned marker = take_marker(rest);
    if (marker == 0xd9) return found;
    if (stands_alone(marker)) continue;
    if (++count > most_segments || rest.size() < 2) break;
    const std::size_t size =
        static_cast<std::uint8_t>(rest[0]) * std::size_t{256} + static_cast<std::uint8_t>(rest[1]);
    if (size < 2 || size > rest.size()) break;
    if (is_arithmetic(marker)) return {Fault::other_type, 0, 1};
    if (marker == 0xda) ++found.scans;
    if (marker == 0xe1 && found.orientation == 1)
      found.orientation = exif_orientation(rest.substr(2, size - 2));
    rest.remove_prefix(size);
  }
  return {Fault::damaged, 0, 1};
}

}  // namespace doorward::picture
