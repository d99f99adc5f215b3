// Pictures for tests: PNG files made by hand, good ones and hostile ones.
#pragma once
#include <zlib.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace doorward::test {

inline std::string big_endian(std::uint32_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift);
  return bytes;
}

inline std::string packed(std::string_view data) {
  uLongf size = compressBound(data.size());
  std::string out(size, '\0');
  compress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(data.data()),
           data.size());
  out.resize(size);
  return out;
}

inline std::string png_chunk(std::string_view type, std::string_view data) {
  const std::string body = std::string(type) + std::string(data);
  const auto check = crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()));
  return big_endian(static_cast<std::uint32_t>(data.size())) + body +
         big_endian(static_cast<std::uint32_t>(check));
}

// RGB, 8 bits; `more` are chunks between header and data.
inline std::string png(std::uint32_t width, std::uint32_t height, std::string_view rows,
                       std::string_view more = {}, bool interlaced = false) {
  using namespace std::string_literals;
  return "\x89PNG\r\n\x1a\n"s +
         png_chunk("IHDR",
                   big_endian(width) + big_endian(height) + "\x08\x02\0\0"s + (interlaced ? '\1' : '\0')) +
         std::string(more) + png_chunk("IDAT", packed(rows)) + png_chunk("IEND", "");
}

// The rows of a picture's pixels, three bytes each, as `png` takes them; of an interlaced one, those of its passes (PNG 8.2).
inline std::string rows_of(std::uint32_t width, std::uint32_t height, std::string_view rgb, bool interlaced) {
  struct Pass {
    std::uint32_t x, every_x, y, every_y;
  };
  static constexpr Pass adam7[] = {{0, 8, 0, 8}, {4, 8, 0, 8}, {0, 4, 4, 8}, {2, 4, 0, 4},
                                   {0, 2, 2, 4}, {1, 2, 0, 2}, {0, 1, 1, 2}};
  static constexpr Pass whole[] = {{0, 1, 0, 1}};
  std::string rows;
  for (const Pass& pass : interlaced ? std::span<const Pass>(adam7) : std::span<const Pass>(whole)) {
    for (std::uint32_t y = pass.y; pass.x < width && y < height; y += pass.every_y) {
      rows += '\0';
      for (std::uint32_t x = pass.x; x < width; x += pass.every_x)
        rows += rgb.substr((std::size_t{y} * width + x) * 3, 3);
    }
  }
  return rows;
}

// Of one colour.
inline std::string plain_png(std::uint32_t width, std::uint32_t height, std::string_view more = {},
                             std::string_view colour = "\x20\x60\xe0") {
  std::string row(1, '\0'), rows;
  for (std::uint32_t x = 0; x < width; ++x) row += colour;
  for (std::uint32_t y = 0; y < height; ++y) rows += row;
  return png(width, height, rows, more);
}

}  // namespace doorward::test
