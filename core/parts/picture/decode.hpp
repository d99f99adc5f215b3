// One function for each kind of file. Each looks at what the header promises before it decodes anything.
#pragma once
#include <string_view>

#include "square.hpp"

namespace doorward::picture {

Fault decode_png(std::string_view file, Square& square);
Fault decode_jpeg(std::string_view file, Square& square);
Fault decode_webp(std::string_view file, Square& square);

// The orientation that an EXIF segment tells (the bytes of an APP1 marker); 1 where it tells none.
int exif_orientation(std::string_view segment);

}  // namespace doorward::picture
