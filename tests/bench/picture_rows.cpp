#include "picture_rows.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <span>

#include "picture_files.hpp"
#include "pictures.hpp"

namespace doorward::bench {
namespace {

using namespace std::string_literals;
using namespace doorward::test;

// The same for every run.
class Noise {
 public:
  unsigned next() {
    state_ ^= state_ << 13, state_ ^= state_ >> 17, state_ ^= state_ << 5;
    return state_;
  }

 private:
  unsigned state_ = 2463534242U;
};

Rows flat() {
  return [](unsigned, std::span<std::uint8_t> row) { std::ranges::fill(row, 0x60); };
}

// Soft shapes and grain, as a camera sees them: `grain` from 0 to 255. The row is `width` pixels of `channels` bytes.
Rows photo(unsigned grain, unsigned channels = 3) {
  return [=, noise = Noise()](unsigned y, std::span<std::uint8_t> row) mutable {
    for (unsigned i = 0; i < row.size(); ++i) {
      const double shape =
          90 + 60 * std::sin(i / channels / (170.0 + 40 * (i % channels))) * std::cos(y / 230.0);
      const unsigned off = grain == 0 ? 0 : noise.next() % grain;
      row[i] = static_cast<std::uint8_t>(std::min(255.0, shape + off));
    }
  };
}

// As good as 2 MiB allow.
std::string jpeg_photo(unsigned width, unsigned height, Jpeg wanted = {}, unsigned grain = 24) {
  std::string best;
  int low = 1, high = 96;
  while (low < high) {
    wanted.quality = (low + high + 1) / 2;
    std::string file = jpeg(width, height, photo(grain, wanted.space == JCS_GRAYSCALE ? 1 : 3), wanted);
    if (file.size() > most_bytes) {
      high = wanted.quality - 1;
    } else {
      low = wanted.quality;
      best = std::move(file);
    }
    if (high - low < 6 && !best.empty()) break;
  }
  return best;
}

// `scans` of them, each of which says a bit more of every coefficient of a grey picture.
std::vector<jpeg_scan_info> grey_scans(int scans) {
  std::vector<jpeg_scan_info> all;
  const auto add = [&](int from, int to, int high, int low) {
    jpeg_scan_info scan{};
    scan.comps_in_scan = 1;
    scan.Ss = from, scan.Se = to, scan.Ah = high, scan.Al = low;
    all.push_back(scan);
  };
  const int of_details = std::min(11, scans / 2), of_means = scans - of_details;
  add(0, 0, 0, of_means - 1);
  add(1, 63, 0, of_details - 1);
  for (int low = of_details - 2; low >= 0; --low) add(1, 63, low + 1, low);
  for (int low = of_means - 2; low >= 0; --low) add(0, 0, low + 1, low);
  return all;
}

std::string before_the_end(std::string file, const std::string& more) {
  return file.substr(0, file.size() - 2) + more + file.substr(file.size() - 2);
}

// Right after the first two bytes.
std::string with_markers(const std::string& file, const std::string& marker, std::size_t bytes = most_bytes) {
  std::string made = file.substr(0, 2);
  made.reserve(most_bytes);
  while (made.size() + marker.size() + file.size() - 2 <= bytes) made += marker;
  return made + file.substr(2);
}

struct Png {
  unsigned width, height;
  char bits, colour;
  char filter = 4;  // Paeth
  bool interlaced = false, noisy = false;
};

class Deflater {
 public:
  explicit Deflater(int level) { deflateInit(&stream_, level); }
  ~Deflater() { deflateEnd(&stream_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
  void add(std::string& bytes, int flush = Z_NO_FLUSH) {
    stream_.next_in = reinterpret_cast<Bytef*>(bytes.data());
    stream_.avail_in = static_cast<uInt>(bytes.size());
    std::array<char, 65536> piece{};
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(piece.data());
      stream_.avail_out = piece.size();
      deflate(&stream_, flush);
      out_.append(piece.data(), piece.size() - stream_.avail_out);
    } while (stream_.avail_out == 0);
  }
  std::string end() {
    std::string nothing;
    add(nothing, Z_FINISH);
    return std::move(out_);
  }

 private:
  z_stream stream_{};
  std::string out_;
};

// PNG 8.2: every how many pixels a pass has one, and where it begins.
struct Pass {
  unsigned x, every_x, y, every_y;
};
constexpr std::array<Pass, 7> adam7 = {
    {{0, 8, 0, 8}, {4, 8, 0, 8}, {0, 4, 4, 8}, {2, 4, 0, 4}, {0, 2, 2, 4}, {1, 2, 0, 2}, {0, 1, 1, 2}}};

std::string rows_of_passes(const Png& wanted, unsigned pixel_bits) {
  Deflater out(wanted.noisy ? 1 : 6);
  Noise noise;
  const std::size_t passes = wanted.interlaced ? adam7.size() : 1;
  for (std::size_t i = 0; i < passes; ++i) {
    const Pass pass = wanted.interlaced ? adam7[i] : Pass{0, 1, 0, 1};
    const std::size_t pixels = (wanted.width - pass.x + pass.every_x - 1) / pass.every_x;
    std::string row((pixels * pixel_bits + 7) / 8 + 1, '\x11');
    row[0] = wanted.filter;
    for (unsigned y = pass.y; y < wanted.height; y += pass.every_y) {
      for (std::size_t at = 1; wanted.noisy && at < row.size(); at += 40)
        row[at] = static_cast<char>(noise.next());
      out.add(row);
    }
  }
  return out.end();
}

std::string png_file(const Png& wanted, std::size_t idat = std::string::npos) {
  const int channels = wanted.colour == 2 ? 3 : wanted.colour == 6 ? 4 : wanted.colour == 4 ? 2 : 1;
  const std::string data = rows_of_passes(wanted, static_cast<unsigned>(channels * wanted.bits));
  std::string file = "\x89PNG\r\n\x1a\n"s +
                     png_chunk("IHDR", big_endian(wanted.width) + big_endian(wanted.height) + wanted.bits +
                                           wanted.colour + "\0\0"s + (wanted.interlaced ? '\1' : '\0'));
  if (wanted.colour == 3)
    file += png_chunk("PLTE", std::string(768, '\x40')) + png_chunk("tRNS", std::string(256, '\x80'));
  for (std::size_t at = 0; at < data.size(); at += std::min(idat, data.size() - at))
    file += png_chunk("IDAT", data.substr(at, idat));
  return file + png_chunk("IEND", "");
}

std::string noisy_zlib_text(std::size_t bytes) {
  return png_chunk("zTXt", "a\0\0"s + packed(std::string(bytes, 'A')));
}

// Rows that nobody asked for, behind the one that a picture of one pixel has.
std::string png_of_surplus(std::size_t bytes, std::size_t idat) {
  Deflater out(9);
  for (std::string piece(1'000'000, '\0'); bytes > 0; bytes -= std::min(bytes, piece.size())) out.add(piece);
  const std::string data = out.end();
  std::string chunks;
  for (std::size_t at = 0; at < data.size(); at += idat) chunks += png_chunk("IDAT", data.substr(at, idat));
  const std::string small = plain_png(1, 1);
  return small.substr(0, small.find("IDAT") - 4) + chunks + png_chunk("IEND", "");
}

std::string many(const std::string& chunk, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += chunk;
  return all;
}

std::string lossless_of_groups(unsigned side, unsigned groups) {
  return riff(riff_chunk("VP8L", vp8l_of_groups(side, side, groups)));
}

// A small VP8 whose transparency is made to do harm. `vp8` is a file of the same size.
std::string with_transparency(const std::string& vp8, unsigned width, unsigned height,
                              const std::string& vp8l) {
  const std::string size = little_endian(width - 1, 3) + little_endian(height - 1, 3);
  return riff(riff_chunk("VP8X", "\x10\0\0\0"s + size) + riff_chunk("ALPH", "\x01" + vp8l) + vp8.substr(12));
}

}  // namespace

std::vector<PictureRow> jpeg_rows() {
  const Jpeg progressive{.progressive = true}, full{.full_colour = true};
  const Jpeg progressive_full{.progressive = true, .full_colour = true};
  const auto scans = [](int count, bool arithmetic) {
    return Jpeg{.arithmetic = arithmetic, .space = JCS_GRAYSCALE, .scans = grey_scans(count)};
  };
  return {
      {"JPEG 3 MP, usual", [=] { return jpeg_photo(2048, 1536); }},
      {"JPEG 12 MP, usual", [=] { return jpeg_photo(4000, 3000); }},
      {"JPEG 24 MP, usual", [=] { return jpeg_photo(6000, 4000); }},
      {"JPEG 3 MP, progressive, usual", [=] { return jpeg_photo(2048, 1536, progressive); }},
      {"JPEG 5 MP, progressive", [=] { return jpeg_photo(2560, 1960, progressive); }},
      {"JPEG 5 MP, progressive, as many details as fit",
       [=] { return jpeg_photo(2560, 1960, progressive, 60); }},
      {"JPEG 2.5 MP, progressive, full colour", [=] { return jpeg_photo(1580, 1580, progressive_full, 60); }},
      {"JPEG 10 MP, progressive", [=] { return jpeg_photo(3872, 2582, progressive); }},
      {"JPEG 40 MP, flat", [=] { return jpeg(8000, 5000, flat()); }},
      {"JPEG 40 MP, full colour, flat", [=] { return jpeg(8000, 5000, flat(), full); }},
      {"JPEG 40 MP", [=] { return jpeg_photo(8000, 5000); }},
      {"JPEG 8000 x 1023, full colour", [=] { return jpeg_photo(8000, 1023, full); }},
      {"JPEG 8000 x 511, full colour", [=] { return jpeg_photo(8000, 511, full); }},
      {"JPEG 511 x 8000, full colour", [=] { return jpeg_photo(511, 8000, full); }},
      {"JPEG 10 MP, progressive, full colour, flat",
       [=] { return jpeg(3162, 3162, flat(), progressive_full); }},
      {"JPEG 3.8 MP, grey, 20 scans", [=] { return jpeg_photo(1952, 1952, scans(20, false), 60); }},
      {"JPEG 7.6 MP, grey, 10 scans", [=] { return jpeg_photo(2760, 2760, scans(10, false), 60); }},
      {"JPEG 10 MP, grey, 20 scans", [=] { return jpeg_photo(3162, 3162, scans(20, false)); }},
      {"JPEG 12 MP, arithmetic", [=] { return jpeg_photo(4000, 3000, Jpeg{.arithmetic = true}); }},
      {"JPEG 10 MP, grey, 20 scans, arithmetic", [=] { return jpeg_photo(3162, 3162, scans(20, true)); }},
      {"JPEG, 80,000 scans",
       [=] {
         const std::string file = jpeg(64, 64, flat(), progressive);
         const std::size_t last = file.rfind("\xff\xda");
         const std::string scan = file.substr(last, file.size() - 2 - last);
         return before_the_end(file, many(scan, (most_bytes - file.size()) / scan.size()));
       }},
      {"JPEG, 900 APP1 segments",
       [=] { return with_markers(jpeg(64, 64, flat()), "\xff\xe1\0\x02"s, 4200); }},
      {"JPEG, 50,000 APP1 segments",
       [=] { return with_markers(jpeg(64, 64, flat()), "\xff\xe1\0\x02"s, 200600); }},
      {"JPEG, 2 MiB of empty APP1 segments",
       [=] { return with_markers(jpeg(64, 64, flat()), "\xff\xe1\0\x02"s); }},
      {"JPEG, 2 MiB of empty APP2 segments",
       [=] { return with_markers(jpeg(64, 64, flat()), "\xff\xe2\0\x02"s); }},
      {"JPEG, 2 MiB of APP1 segments of 40 bytes",
       [=] { return with_markers(jpeg(64, 64, flat()), "\xff\xe1\0\x28"s + std::string(38, 'x')); }},
      {"JPEG, 2 MiB of empty Huffman tables",
       [=] { return with_markers(jpeg(64, 64, flat()), "\xff\xc4\0\x13\0"s + std::string(16, '\0')); }},
      {"JPEG, 2 MiB of empty comments between scans",
       [=] {
         const std::string file = jpeg(64, 64, flat(), progressive);
         return file.substr(0, file.rfind("\xff\xda")) + many("\xff\xfe\0\x02"s, 520000) +
                file.substr(file.rfind("\xff\xda"));
       }},
      {"JPEG, 2 MiB of nothing between markers", [=] { return with_markers(jpeg(64, 64, flat()), "\xff"s); }},
      {"JPEG, 2 MiB of bytes between markers", [=] { return with_markers(jpeg(64, 64, flat()), "\x01"s); }},
      {"JPEG 12 MP, half of it",
       [=] {
         const auto file = jpeg_photo(4000, 3000);
         return file.substr(0, file.size() / 2);
       }},
      {"JPEG 12 MP, for printing", [=] { return jpeg(4000, 3000, flat(), Jpeg{.space = JCS_CMYK}); }},
      {"JPEG, header of 60,000 x 60,000",
       [=] {
         std::string file = jpeg(16, 16, flat());
         return file.replace(file.find("\xff\xc0") + 5, 4, "\xea\x60\xea\x60");
       }},
  };
}

std::vector<PictureRow> png_rows() {
  const auto file = [](const Png& wanted) { return [=] { return png_file(wanted); }; };
  return {
      {"PNG 2 MP, usual", file({1920, 1080, 8, 2, 1, false, true})},
      {"PNG 8.3 MP, usual", file({3840, 2160, 8, 2, 1})},
      {"PNG 8.3 MP", file({3840, 2160, 8, 2})},
      {"PNG 8.3 MP, with transparency", file({3840, 2160, 8, 6})},
      {"PNG 6.7 MP, with transparency", file({3000, 2230, 8, 6})},
      {"PNG 3.3 MP, with transparency, 16 bits", file({1830, 1830, 16, 6})},
      {"PNG 3.3 MP, with transparency, 16 bits, noisy", file({1830, 1830, 16, 6, 4, false, true})},
      {"PNG 12 MP, palette", file({4000, 3000, 8, 3})},
      {"PNG 12 MP, 1 bit", file({4000, 3000, 1, 0})},
      {"PNG 40 MP, with transparency, 16 bits", file({8000, 5000, 16, 6})},
      {"PNG 3 MP, interlaced", file({1730, 1730, 8, 2, 4, true})},
      {"PNG 3 MP, interlaced, with transparency, 16 bits", file({1730, 1730, 16, 6, 4, true})},
      {"PNG 10 MP, interlaced, with transparency, 16 bits", file({3162, 3162, 16, 6, 4, true})},
      {"PNG 8.3 MP, half of it",
       [] {
         const auto all = png_file({3840, 2160, 8, 2, 4});
         return all.substr(0, all.size() / 2);
       }},
      {"PNG, header of 50,000 x 50,000", [] { return png(50000, 50000, "x"); }},
      {"PNG, APNG", [] { return plain_png(20, 20, png_chunk("acTL", big_endian(10000) + big_endian(0))); }},
      {"PNG, text that unpacks to 1 GB", [] { return plain_png(20, 20, noisy_zlib_text(1'000'000'000)); }},
      {"PNG, texts that unpack to 1 MB", [] { return plain_png(20, 20, many(noisy_zlib_text(65'000), 16)); }},
      {"PNG, 4,000 texts", [] { return plain_png(20, 20, many(noisy_zlib_text(200), 4000)); }},
      {"PNG, profile that unpacks to 1 MB",
       [] { return plain_png(20, 20, png_chunk("iCCP", "a\0\0"s + packed(std::string(1'000'000, 'A')))); }},
      {"PNG, text of 2 MB",
       [] { return plain_png(20, 20, png_chunk("tEXt", "a\0"s + std::string(2'000'000, 'A'))); }},
      {"PNG, 4,000 empty chunks", [] { return plain_png(20, 20, many(png_chunk("teST", ""), 4000)); }},
      {"PNG, 170,000 chunks", [] { return plain_png(20, 20, many(png_chunk("teST", ""), 170'000)); }},
      {"PNG, 170,000 empty IDAT chunks",
       [] { return plain_png(20, 20, many(png_chunk("IDAT", ""), 170'000)); }},
      {"PNG of a pixel, IDAT that unpacks to 2.1 GB",
       [] { return png_of_surplus(2'100'000'000, most_bytes); }},
      {"PNG of a pixel, IDATs of 8 KiB that unpack to 2.1 GB",
       [] { return png_of_surplus(2'100'000'000, 8192); }},
      {"PNG 8.3 MP, IDAT chunks of a byte", [] { return png_file({3840, 2160, 8, 2, 1}, 1); }},
  };
}

std::vector<PictureRow> webp_rows() {
  const auto best = [](unsigned width, unsigned height, WebP wanted, unsigned grain) {
    std::string file;
    for (wanted.quality = 95; file.empty() || (file.size() > most_bytes && wanted.quality >= 0);
         wanted.quality -= 12)
      file = webp(width, height, photo(grain, wanted.alpha ? 4 : 3), wanted);
    return file;
  };
  return {
      {"WebP 2 MP, usual", [=] { return best(1600, 1200, {}, 24); }},
      {"WebP 5 MP", [=] { return best(2500, 2000, {}, 24); }},
      {"WebP 8 MP", [=] { return best(3264, 2448, {}, 24); }},
      {"WebP 10 MP", [=] { return best(3162, 3162, {}, 24); }},
      {"WebP 10 MP, flat", [=] { return webp(3162, 3162, flat(), {}); }},
      {"WebP 2 MP, as many details as fit", [=] { return best(1600, 1200, {}, 160); }},
      {"WebP 2 MP, with transparency", [=] { return best(1448, 1448, {.alpha = true}, 2); }},
      {"WebP 10 MP, with transparency, flat", [=] { return webp(3162, 3162, flat(), {.alpha = true}); }},
      {"WebP 8000 x 511", [=] { return best(8000, 511, {}, 24); }},
      {"WebP 8000 x 1250", [=] { return best(8000, 1250, {}, 24); }},
      {"WebP 1 MP, lossless", [=] { return webp(1000, 1000, photo(4), {.lossless = true}); }},
      {"WebP 3.7 MP, lossless", [=] { return webp(1920, 1920, photo(2), {.lossless = true}); }},
      {"WebP 10 MP, lossless", [=] { return webp(3162, 3162, photo(0), {.lossless = true}); }},
      {"WebP 3.7 MP, lossless, 500 groups of codes", [=] { return lossless_of_groups(1920, 500); }},
      {"WebP 2 MP, transparency of 500 groups of codes",
       [=] {
         return with_transparency(webp(1448, 1448, flat()), 1448, 1448,
                                  vp8l_of_groups(1448, 1448, 500, false));
       }},
      {"WebP 1 MP, lossless, 65,536 groups of codes", [=] { return lossless_of_groups(1024, 65536); }},
      {"WebP 1 MP, transparency of 65,536 groups of codes",
       [=] {
         return with_transparency(webp(1024, 1024, flat()), 1024, 1024,
                                  vp8l_of_groups(1024, 1024, 65536, false));
       }},
      {"WebP 5 MP, half of it",
       [=] {
         const auto file = best(2500, 2000, {}, 24);
         return file.substr(0, file.size() / 2);
       }},
      {"WebP that moves", [] { return "RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\x10\0\0\x10\0\0"s; }},
      {"WebP, header of 16,384 x 16,384",
       [] { return "RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\xff\xff\xff\x0f\0\0\0\0\0\0\0\0\0"s; }},
      {"GIF", [] { return "GIF89a\1\0\1\0"s; }},
  };
}

std::vector<std::string> one_of_each_kind() {
  return {plain_png(300, 300), jpeg(300, 300, flat()), webp(300, 300, flat())};
}

}  // namespace doorward::bench
