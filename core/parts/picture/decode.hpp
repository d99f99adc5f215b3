// One function for each kind of file. Each looks at what the header promises before it decodes anything.
#pragma once
#include <string_view>

#include "square.hpp"

namespace doorward::picture {

Fault decode_png(std::string_view file, Square& square);
Fault decode_jpeg(std::string_view file, Square& square);
Fault decode_webp(std::string_view file, Square& square);

// What can be known of a JPEG file without decoding anything. `fault`: it isn't to be decoded.
struct Segments {
  Fault fault = Fault::none;
  unsigned scans = 0;
  int orientation = 1;
};
Segments look_at_segments(std::string_view file);

// How many sets of Huffman codes the bits of a VP8L, from behind its header, ask for; 0: they are damaged.
unsigned code_groups(std::string_view vp8l, std::uint64_t width, std::uint64_t height);

// The orientation that EXIF tells; 1 where it tells none: the bytes of a JPEG's APP1 marker, which begin with a mark; and
// what stands behind it, which PNG and WebP have in chunks of their own.
int exif_orientation(std::string_view segment);
int tiff_orientation(std::string_view bytes);

}  // namespace doorward::picture
