#include "pages/qr_code.hpp"

#include <qrencode.h>

#include <memory>
#include <stdexcept>

namespace doorward::pages {
namespace {

constexpr int quiet = 4;

struct Free {
  void operator()(QRcode* code) const { QRcode_free(code); }
};

std::string number(int value) { return std::to_string(value); }

}  // namespace

QrCode qr_code(std::string_view text) {
  const std::unique_ptr<QRcode, Free> code(QRcode_encodeData(
      static_cast<int>(text.size()), reinterpret_cast<const unsigned char*>(text.data()), 0, QR_ECLEVEL_L));
  if (!code)
    throw std::runtime_error("no QR code can be made of a text of " + std::to_string(text.size()) + " bytes");
  const auto is_dark = [&](int x, int y) {
    return x < code->width && (code->data[static_cast<std::ptrdiff_t>(y) * code->width + x] & 1) != 0;
  };
  QrCode drawn;
  drawn.size = code->width + 2 * quiet;
  for (int y = 0; y < code->width; ++y) {
    int at = 0;  // where the pen is
    bool begun = false;
    for (int x = 0; x < code->width; ++x) {
      if (!is_dark(x, y)) continue;
      int end = x;
      while (is_dark(end, y)) ++end;
      drawn.path +=
          begun ? "m" + number(x - at) + " 0" : "M" + number(x + quiet) + " " + number(y + quiet) + ".5";
      drawn.path += "h" + number(end - x);
      begun = true;
      at = x = end;
    }
  }
  return drawn;
}

}  // namespace doorward::pages
