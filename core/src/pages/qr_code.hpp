// A text as a QR code (ISO/IEC 18004), drawn as the path of an SVG picture: one line for each run of dark modules, so that
// it stands in an attribute and is escaped like any other text.
#pragma once
#include <string>
#include <string_view>

namespace doorward::pages {

struct QrCode {
  std::string path;  // to be stroked, one unit wide
  int size = 0;      // of the picture's sides in units, with the quiet zone of four that readers need
};

QrCode qr_code(std::string_view text);  // throws std::runtime_error: over 2,900 bytes, or empty

}  // namespace doorward::pages
