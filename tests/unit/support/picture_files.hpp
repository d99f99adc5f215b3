// JPEG and WebP files for tests: made by the usual libraries, row by row, and a hostile WebP made by hand.
#pragma once
#include <cstdio>
// after <cstdio>, which it needs
#include <jpeglib.h>
#include <webp/encode.h>

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace doorward::test {

// Fills in row `y`, whose pixels have as many bytes as the picture has components.
using Rows = std::function<void(unsigned y, std::span<std::uint8_t> row)>;

struct Jpeg {
  bool progressive = false, arithmetic = false;
  bool full_colour = false;  // no component is smaller than another
  int quality = 75, orientation = 0;
  J_COLOR_SPACE space = JCS_RGB;
  std::vector<jpeg_scan_info> scans = {};  // in the place of the usual ones
  std::vector<std::string> markers = {};   // contents of APP1 segments
};

inline std::string jpeg(unsigned width, unsigned height, const Rows& rows, const Jpeg& wanted = {}) {
  using namespace std::string_literals;
  jpeg_compress_struct made{};
  jpeg_error_mgr errors{};
  made.err = jpeg_std_error(&errors);
  jpeg_create_compress(&made);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&made, &bytes, &size);
  made.image_width = width;
  made.image_height = height;
  made.in_color_space = wanted.space;
  made.input_components = wanted.space == JCS_GRAYSCALE ? 1 : wanted.space == JCS_CMYK ? 4 : 3;
  jpeg_set_defaults(&made);
  jpeg_set_quality(&made, wanted.quality, TRUE);
  made.arith_code = wanted.arithmetic ? TRUE : FALSE;
  if (wanted.full_colour) made.comp_info[0].h_samp_factor = made.comp_info[0].v_samp_factor = 1;
  if (wanted.progressive) jpeg_simple_progression(&made);
  if (!wanted.scans.empty()) {
    made.scan_info = wanted.scans.data();
    made.num_scans = static_cast<int>(wanted.scans.size());
  }
  jpeg_start_compress(&made, TRUE);
  std::vector<std::string> markers = wanted.markers;
  if (wanted.orientation != 0)
    markers.push_back("Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0"s +
                      static_cast<char>(wanted.orientation) + "\0\0\0\0\0\0\0secret"s);
  for (const std::string& marker : markers)
    jpeg_write_marker(&made, JPEG_APP0 + 1, reinterpret_cast<const JOCTET*>(marker.data()),
                      static_cast<unsigned>(marker.size()));
  std::vector<std::uint8_t> row(std::size_t{width} * static_cast<unsigned>(made.input_components));
  while (made.next_scanline < height) {
    rows(made.next_scanline, row);
    JSAMPROW begin = row.data();
    jpeg_write_scanlines(&made, &begin, 1);
  }
  jpeg_finish_compress(&made);
  jpeg_destroy_compress(&made);
  std::string file(reinterpret_cast<char*>(bytes), size);
  std::free(bytes);
  return file;
}

struct WebP {
  bool lossless = false;
  bool alpha = false;  // rows have four bytes a pixel
  float quality = 80;
  int effort = 1;  // 0 to 6
};

inline std::string webp(unsigned width, unsigned height, const Rows& rows, const WebP& wanted = {}) {
  const std::size_t row = std::size_t{width} * (wanted.alpha ? 4 : 3);
  std::vector<std::uint8_t> pixels(row * height);
  for (unsigned y = 0; y < height; ++y) rows(y, std::span(pixels).subspan(row * y, row));
  WebPConfig config;
  WebPPicture picture;
  WebPMemoryWriter made;
  WebPConfigInit(&config);
  WebPPictureInit(&picture);
  WebPMemoryWriterInit(&made);
  config.lossless = wanted.lossless ? 1 : 0;
  config.quality = wanted.quality;
  config.method = wanted.effort;
  picture.use_argb = wanted.lossless ? 1 : 0;
  picture.width = static_cast<int>(width);
  picture.height = static_cast<int>(height);
  picture.writer = WebPMemoryWrite;
  picture.custom_ptr = &made;
  const auto import = wanted.alpha ? WebPPictureImportRGBA : WebPPictureImportRGB;
  const bool done =
      import(&picture, pixels.data(), static_cast<int>(row)) != 0 && WebPEncode(&config, &picture) != 0;
  std::string file(reinterpret_cast<const char*>(made.mem), made.size);
  WebPPictureFree(&picture);
  WebPMemoryWriterClear(&made);
  if (!done) throw std::runtime_error("no WebP was made");
  return file;
}

inline std::string little_endian(std::uint32_t number, int bytes = 4) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(number >> (8 * i));
  return text;
}

inline std::string riff_chunk(const std::string& name, const std::string& data) {
  return name + little_endian(static_cast<std::uint32_t>(data.size())) + data +
         std::string(data.size() % 2, '\0');
}

inline std::string riff(const std::string& chunks) {
  return "RIFF" + little_endian(static_cast<std::uint32_t>(chunks.size() + 4)) + "WEBP" + chunks;
}

// Bits as VP8L has them: the least significant first.
class BitWriter {
 public:
  void put(std::uint32_t bits, int count) {
    for (int i = 0; i < count; ++i, ++size_) {
      if (size_ % 8 == 0) bytes_ += '\0';
      if ((bits >> i & 1) != 0) bytes_.back() = static_cast<char>(bytes_.back() | 1 << size_ % 8);
    }
  }
  void put_reversed(std::uint32_t bits, int count) {  // as Huffman codes stand there
    while (count-- > 0) put(bits >> count & 1, 1);
  }
  void put_code_of_one() { put(0b0001, 4); }  // a code of one symbol, 0, which then takes no bits
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
  std::size_t size_ = 0;
};

// The VP8L (RFC 9649 3) of a black picture that has a set of five Huffman codes for each 4 by 4 pixels, `groups` in all. Each
// takes three bytes of the file, and 5 KiB or more of a reader's memory.
inline std::string vp8l_of_groups(unsigned width, unsigned height, unsigned groups, bool with_header = true) {
  BitWriter out;
  if (with_header) {
    out.put(0x2f, 8);
    out.put(width - 1, 14), out.put(height - 1, 14), out.put(0, 4);
  }
  out.put(0b000100, 6);  // no transform, no colour cache; groups, for each 4 by 4 pixels
  out.put(0, 1);         // a picture in which their numbers stand: no colour cache
  for (const int symbols :
       {256 + 24, 256}) {  // its green and red: the first 256 symbols are 8 bits long each
    out.put(8 << 1, 5);    // twelve lengths of the code of lengths
    for (const int length : {0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1}) out.put(static_cast<unsigned>(length), 3);
    out.put(0, 1);
    for (int symbol = 0; symbol < symbols; ++symbol) out.put(symbol < 256 ? 1 : 0, 1);
  }
  for (int other = 0; other < 3; ++other) out.put_code_of_one();
  const unsigned tiles = (width + 3) / 4 * ((height + 3) / 4);
  for (unsigned tile = 0; tile < tiles; ++tile) {
    const unsigned group = tile < groups ? tile : 0;
    out.put_reversed(group & 0xff, 8), out.put_reversed(group >> 8, 8);
  }
  for (unsigned code = 0; code < 5 * groups; ++code) out.put_code_of_one();
  out.put(0, 32);
  return out.bytes();
}

}  // namespace doorward::test
