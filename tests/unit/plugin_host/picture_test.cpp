// The part that makes pictures anew, as it is opened: pictures of every kind, good and hostile (SECURITY T183).
#include "plugin_host/parts.hpp"

#include <webp/decode.h>

#include "picture_files.hpp"
#include "pictures.hpp"
#include "support.hpp"

namespace doorward::plugin_host {
namespace {

using namespace std::string_literals;
using test::plain_png;
using test::png;
using test::png_chunk;

struct Pixel {
  int red, green, blue, alpha;
};

class PictureTest : public ::testing::Test {
 protected:
  // What came of a file; fails the test where it isn't a WebP of the right size and nothing but its pixels.
  std::vector<std::uint8_t> made(const std::string& file) {
    const auto webp = parts.picture(file);
    if (!webp) {
      ADD_FAILURE() << webp.error().code;
      return std::vector<std::uint8_t>(256 * 256 * 4);
    }
    for (const char* metadata : {"EXIF", "XMP ", "ICCP", "secret"})
      EXPECT_EQ(webp->find(metadata), std::string::npos) << metadata;
    int width = 0, height = 0;
    std::uint8_t* pixels =
        WebPDecodeRGBA(reinterpret_cast<const std::uint8_t*>(webp->data()), webp->size(), &width, &height);
    EXPECT_EQ(width, 256);
    EXPECT_EQ(height, 256);
    EXPECT_LE(webp->size(), 4500U) << "a page with it shall weigh no more than 30 KB";
    std::vector<std::uint8_t> copy(pixels, pixels + std::size_t{256} * 256 * 4);
    WebPFree(pixels);
    return copy;
  }
  static Pixel at(const std::vector<std::uint8_t>& pixels, int x, int y) {
    const std::uint8_t* pixel = &pixels[(static_cast<std::size_t>(y) * 256 + x) * 4];
    return {pixel[0], pixel[1], pixel[2], pixel[3]};
  }
  void refuses(const std::string& file, const std::string& code) {
    const auto webp = parts.picture(file);
    ASSERT_FALSE(webp);
    EXPECT_EQ(webp.error().code, code);
    EXPECT_EQ(webp.error().field, "picture");
  }

  OpenedParts parts{PLUGINS};
};

// Red on top, blue below: which way up it is can be seen.
std::string two_halves(unsigned width, unsigned height) {
  std::string rgb;
  for (unsigned y = 0; y < height; ++y)
    for (unsigned x = 0; x < width; ++x) rgb += y < height / 2 ? "\xff\0\0"s : "\0\0\xff"s;
  return rgb;
}

test::Rows rows_of(const std::string& rgb) {
  return [&rgb](unsigned y, std::span<std::uint8_t> row) {
    rgb.copy(reinterpret_cast<char*>(row.data()), row.size(), y * row.size());
  };
}

std::string jpeg(unsigned width, unsigned height, const std::string& rgb, bool progressive = false,
                 int orientation = 0) {
  return test::jpeg(width, height, rows_of(rgb), {.progressive = progressive, .orientation = orientation});
}

std::string webp(unsigned width, unsigned height, const std::string& rgb, bool lossless = false) {
  return test::webp(width, height, rows_of(rgb), {.lossless = lossless});
}

// Of one colour, however large: 0x60 in every byte.
void flat(unsigned, std::span<std::uint8_t> row) { std::ranges::fill(row, 0x60); }

// The file with another size in its header, of which `start` is what begins it (T.81 B.2.2).
std::string resized(std::string jpeg, const std::string& start, unsigned width, unsigned height) {
  const std::size_t frame = jpeg.find(start);
  EXPECT_NE(frame, std::string::npos);
  const auto two = [](unsigned number) { return test::big_endian(number).substr(2); };
  return jpeg.replace(frame + 5, 4, two(height) + two(width));
}

std::string many(const std::string& part, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += part;
  return all;
}

TEST_F(PictureTest, EveryKindBecomesTheSameSquare) {
  const std::string rgb = two_halves(700, 600);
  std::string rows;
  for (unsigned y = 0; y < 600; ++y) rows += "\0"s + rgb.substr(std::size_t{y} * 2100, 2100);
  for (const auto& [what, file] : {std::pair{"png", png(700, 600, rows)},
                                   {"jpeg", jpeg(700, 600, rgb)},
                                   {"progressive", jpeg(700, 600, rgb, true)},
                                   {"webp", webp(700, 600, rgb)},
                                   {"lossless", webp(700, 600, rgb, true)}}) {
    const auto pixels = made(file);
    for (const int x : {5, 128, 250}) {
      EXPECT_GT(at(pixels, x, 20).red, 230) << what;
      EXPECT_LT(at(pixels, x, 20).blue, 40) << what;
      EXPECT_GT(at(pixels, x, 235).blue, 230) << what;
      EXPECT_EQ(at(pixels, x, 235).alpha, 255) << what;
    }
  }
}

TEST_F(PictureTest, AnySizeIsTaken) {
  for (const unsigned side : {1U, 2U, 255U, 256U, 257U, 511U, 512U, 513U, 2000U})
    EXPECT_NEAR(at(made(plain_png(side, side)), 128, 128).blue, 0xe0, 6) << side;
  EXPECT_NEAR(at(made(plain_png(8000, 3)), 128, 128).blue, 0xe0, 6);
  EXPECT_NEAR(at(made(plain_png(3, 8000)), 128, 128).blue, 0xe0, 6);
}

TEST_F(PictureTest, TheMiddleIsShown) {
  std::string rows;
  for (int y = 0; y < 100; ++y) {
    rows += '\0';
    for (int x = 0; x < 300; ++x) rows += x < 100 || x >= 200 ? "\xff\0\0"s : "\0\xff\0"s;
  }
  const auto pixels = made(png(300, 100, rows));
  for (const int x : {4, 128, 251}) EXPECT_GT(at(pixels, x, 128).green, 220) << x;
}

TEST_F(PictureTest, APictureIsTurnedAsTheCameraSays) {
  const std::string rgb = two_halves(600, 600);
  struct Case {
    int orientation, x, y;  // where the red half ends up
  };
  for (const auto& [orientation, x, y] : {Case{1, 128, 20},
                                          {2, 128, 20},
                                          {3, 128, 235},
                                          {4, 128, 235},
                                          {5, 20, 128},
                                          {6, 235, 128},
                                          {7, 235, 128},
                                          {8, 20, 128},
                                          {9, 128, 20}}) {
    EXPECT_GT(at(made(jpeg(600, 600, rgb, false, orientation)), x, y).red, 220) << orientation;
  }
}

TEST_F(PictureTest, AWebpIsTurnedAsItsExifSays) {
  const std::string picture = webp(600, 600, two_halves(600, 600)).substr(12);
  const std::string tiff = "II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"s;
  for (const std::string& exif : {tiff, "Exif\0\0"s + tiff}) {
    const std::string file = test::riff(picture + test::riff_chunk("EXIF", exif));
    EXPECT_GT(at(made(file), 235, 128).red, 220) << "a quarter to the right";
  }
}

TEST_F(PictureTest, TransparencyStays) {
  const std::string header = test::big_endian(2) + test::big_endian(2) + "\x08\x06\0\0\0"s;
  const std::string file =
      "\x89PNG\r\n\x1a\n"s + png_chunk("IHDR", header) +
      png_chunk("IDAT", test::packed("\0"s + std::string(8, '\0') + "\0"s + std::string(8, '\xff'))) +
      png_chunk("IEND", "");
  const auto pixels = made(file);
  EXPECT_LT(at(pixels, 128, 10).alpha, 20);
  EXPECT_GT(at(pixels, 128, 245).alpha, 235);
}

TEST_F(PictureTest, NoiseIsKeptSmallToo) {
  unsigned state = 2463534242U;
  const auto next = [&state] { return state ^= state << 13, state ^= state >> 17, state ^= state << 5; };
  const auto noise = [&](unsigned, std::span<std::uint8_t> row) {
    std::ranges::generate(row, [&] { return static_cast<std::uint8_t>(next()); });
  };
  const auto black_and_white = [&](unsigned, std::span<std::uint8_t> row) {
    for (std::size_t at = 0; at < row.size(); at += 3)
      std::ranges::fill(row.subspan(at, 3), next() % 2 * 255);
  };
  for (const bool alpha : {false, true})
    made(test::webp(256, 256, noise, {.lossless = true, .alpha = alpha}));
  made(test::webp(256, 256, black_and_white, {.lossless = true}));
}

TEST_F(PictureTest, MetadataIsGone) {
  const std::string more = png_chunk("tEXt", "Comment\0secret"s) + png_chunk("eXIf", "II*\0secret"s) +
                           png_chunk("zTXt", "Comment\0\0"s + test::packed("secret"));
  made(plain_png(30, 30, more));
  std::string appended = plain_png(30, 30) + "secret<script>";
  made(appended);
}

TEST_F(PictureTest, PhotosAsTelephonesMakeThemAreTaken) {
  for (const auto& [width, height] : {std::pair{4032U, 3024U}, {5712U, 4284U}})
    EXPECT_NEAR(at(made(test::jpeg(width, height, flat)), 128, 128).green, 0x60, 2) << width;
  EXPECT_NEAR(at(made(test::jpeg(2560, 1920, flat, {.progressive = true})), 128, 128).green, 0x60, 2);
  const std::string segments = many("\xff\xe2\xff\xff"s + std::string(0xfffd, '\xff'), 20) +
                               many("\xff\xe1\x01\x02"s + many("\xff\xda", 128), 40);
  made(jpeg(16, 16, two_halves(16, 16)).insert(2, segments));  // profiles, a preview with scans of its own
}

TEST_F(PictureTest, TooManyPixelsAreRefusedByTheHeader) {  // T183
  refuses(png(50000, 50000, "x"), "picture_too_many_pixels");
  refuses(png(8001, 1, "x"), "picture_too_many_pixels");
  refuses(png(8000, 8000, "x"), "picture_too_many_pixels");
  refuses(png(0xffffffff, 0xffffffff, "x"), "picture_too_many_pixels");
  const std::string file = jpeg(16, 16, two_halves(16, 16));
  refuses(resized(file, "\xff\xc0", 60000, 60000), "picture_too_many_pixels");
  refuses(resized(file, "\xff\xc0", 8000, 5001), "picture_too_many_pixels");
  refuses("RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\xff\xff\xff\x0f\0\0\0\0\0\0\0\0\0"s,
          "picture_too_many_pixels");
  std::string wide = webp(16, 16, two_halves(16, 16));
  wide.replace(wide.find("\x9d\x01\x2a") + 3, 4, test::little_endian(3200, 2) + test::little_endian(3200, 2));
  refuses(wide, "picture_too_many_pixels");
}

// Of pictures in several scans all coefficients are held, and every scan may go through all of them.
TEST_F(PictureTest, WhatAJpegOfManyScansWouldTakeIsBounded) {  // T183
  const std::string ten = jpeg(16, 16, two_halves(16, 16), true);
  refuses(resized(ten, "\xff\xc2", 2300, 2300), "picture_too_many_pixels");  // 124,416 blocks, ten times
  refuses(resized(ten, "\xff\xc2", 2200, 2200), "picture_damaged");
  std::vector<jpeg_scan_info> each(3);
  for (int component = 0; component < 3; ++component) {
    each[component].comps_in_scan = 1;
    each[component].component_index[0] = component;
    each[component].Se = 63;
  }
  const std::string three = test::jpeg(
      16, 16, flat, {.full_colour = true, .scans = each});  // not progressive, and held all the same
  refuses(resized(three, "\xff\xc0", 1880, 1880), "picture_too_many_pixels");  // 165,675 blocks
  refuses(resized(three, "\xff\xc0", 1864, 1864), "picture_damaged");
}

TEST_F(PictureTest, JpegsThatNoBrowserShowsAreOfAnotherType) {
  refuses(test::jpeg(64, 64, flat, {.arithmetic = true}), "picture_type");  // ten times as slow as the others
  refuses(test::jpeg(64, 64, flat, {.progressive = true, .arithmetic = true}), "picture_type");
  refuses(test::jpeg(64, 64, flat, {.space = JCS_CMYK}), "picture_type");
}

TEST_F(PictureTest, ManySegmentsAreRefused) {  // T183
  const std::string file = jpeg(16, 16, two_halves(16, 16));
  made(std::string(file).insert(2, many("\xff\xe1\0\x02"s, 900)));
  for (const char* kind : {"\xff\xe1", "\xff\xe2", "\xff\xfe"})
    refuses(std::string(file).insert(2, many(kind + "\0\x02"s, 1000)), "picture_damaged");
  const std::string scans = jpeg(16, 16, two_halves(16, 16), true);
  refuses(std::string(scans).insert(scans.rfind("\xff\xda"), many("\xff\xfe\0\x02"s, 1000)),
          "picture_damaged");
}

// 513 groups of codes, without a chunk around them: whoever reads a chunk there all the same, reads one that ends where
// a harmless one begins.
std::string bare_vp8l_that_looks_like_a_chunk() {
  test::BitWriter out;
  out.put(0x2f, 8), out.put(199, 14), out.put(199, 14), out.put(0, 4);
  out.put(0b0101, 4);               // green is taken from the others; no other transform
  out.put(0b00011, 5);              // a colour cache
  out.put(0b00001, 5);              // groups, for each 4 by 4 pixels; of their numbers:
  for (const int other : {1, 2}) {  // green is 0 or 1, red 0 or 2
    out.put(0, 5);
    for (const int length : {0, 0, 1, 1}) out.put(static_cast<unsigned>(length), 3);
    out.put(0, 1);
    for (int symbol = 0; symbol < (other == 1 ? 280 : 256); ++symbol)
      out.put(symbol == 0 || symbol == other ? 1 : 0, 1);
  }
  for (int other = 0; other < 3; ++other) out.put_code_of_one();
  out.put(0b10, 2);  // group 512, and then group 0
  for (int tile = 1; tile < 50 * 50; ++tile) out.put(0, 2);
  for (int code = 0; code < 5 * 513; ++code) out.put_code_of_one();
  std::string bytes = out.bytes();
  bytes.resize(8 + 0x023500);
  return bytes + test::webp(200, 200, flat).substr(12);
}

// libwebp makes tables of all of them before it decodes anything.
TEST_F(PictureTest, ManyCodesInAWebpAreRefused) {  // T183
  const auto plain = [](unsigned groups) {
    return test::riff(test::riff_chunk("VP8L", test::vp8l_of_groups(200, 200, groups)));
  };
  EXPECT_EQ(at(made(plain(500)), 128, 128).green, 0);
  refuses(plain(501), "picture_damaged");
  refuses(test::riff(bare_vp8l_that_looks_like_a_chunk()), "picture_damaged");

  const std::string of_200 = "\x10\0\0\0\xc7\0\0\xc7\0\0"s;
  const std::string opaque = test::webp(200, 200, flat).substr(12);
  const auto see_through = [&](unsigned groups) {
    const std::string alpha = "\x01" + test::vp8l_of_groups(200, 200, groups, false);
    return test::riff(test::riff_chunk("VP8X", of_200) + test::riff_chunk("ALPH", alpha) + opaque);
  };
  EXPECT_EQ(at(made(see_through(500)), 128, 128).alpha, 0);
  refuses(see_through(501), "picture_damaged");
}

TEST_F(PictureTest, LosslessPicturesAreHeldAndSoBoundedMore) {  // T183
  const auto header = [](unsigned width, unsigned height) {
    return test::riff(test::riff_chunk("VP8L", test::vp8l_of_groups(width, height, 1).substr(0, 40)));
  };
  refuses(header(1930, 1930), "picture_too_many_pixels");
  refuses(header(1920, 1920), "picture_damaged");
  const auto see_through = [](unsigned side) {
    const std::string size = test::little_endian(side - 1, 3);
    const std::string alpha = "\x01" + test::vp8l_of_groups(side, side, 1, false).substr(0, 40);
    return test::riff(test::riff_chunk("VP8X", "\x10\0\0\0"s + size + size) +
                      test::riff_chunk("ALPH", alpha) + test::webp(side, side, flat).substr(12));
  };
  refuses(see_through(1456), "picture_too_many_pixels");
  refuses(see_through(1440), "picture_damaged");
}

// Every transform, codes of colours that were there before, palettes of every size: none is taken for another thing.
TEST_F(PictureTest, LosslessPicturesOfEveryMakingAreTaken) {
  for (const unsigned colours : {1U, 2U, 4U, 16U, 200U, 0U}) {
    for (const int effort : {0, 3, 6}) {
      const auto rows = [colours](unsigned y, std::span<std::uint8_t> row) {
        for (unsigned i = 0; i < row.size(); ++i) {
          const unsigned x = i / 3, shape = x * x / 97 + y * y / 61 + (x ^ y) % 7;
          row[i] =
              static_cast<std::uint8_t>(colours == 0 ? shape * (1 + i % 3) : shape % colours * (i % 3 + 1));
        }
      };
      made(test::webp(300, 260, rows, {.lossless = true, .effort = effort}));
    }
  }
  const auto rows = [](unsigned y, std::span<std::uint8_t> row) {
    for (unsigned i = 0; i < row.size(); ++i) row[i] = static_cast<std::uint8_t>(i * y / 50);
  };
  for (const int effort : {0, 6}) made(test::webp(300, 260, rows, {.alpha = true, .effort = effort}));
}

TEST_F(PictureTest, WhatMovesOrIsSomethingElseIsRefused) {
  refuses(plain_png(20, 20, png_chunk("acTL", test::big_endian(10000) + test::big_endian(0))),
          "picture_type");
  refuses("RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\x10\0\0\x10\0\0"s, "picture_type");
  for (const std::string& other :
       {""s, "x"s, "GIF89a\x01\0\x01\0"s, "BM"s, "<svg xmlns='http://www.w3.org/2000/svg'/>"s,
        "\0\0\0\x1c"
        "ftypavif"s,
        "II*\0"s, "%PDF-1.7"s, "RIFF\0\0\0\0WAVE1234"s})
    refuses(other, "picture_type");
}

TEST_F(PictureTest, ManyScansAreRefused) {  // T183
  const std::string file = jpeg(64, 64, two_halves(64, 64), true);
  const std::size_t last = file.rfind("\xff\xda");
  const std::string scan = file.substr(last, file.size() - 2 - last);
  std::string bomb = file.substr(0, file.size() - 2);
  while (bomb.size() < 2'000'000) bomb += scan;
  refuses(bomb + "\xff\xd9", "picture_damaged");
}

TEST_F(PictureTest, EveryBeginningOfAFileIsRefused) {
  const std::string rgb = two_halves(24, 24);
  for (const std::string& whole :
       {plain_png(24, 24), jpeg(24, 24, rgb), jpeg(24, 24, rgb, true), webp(24, 24, rgb)}) {
    for (std::size_t size = 0; size + 2 < whole.size(); size += 7)
      EXPECT_FALSE(parts.picture(whole.substr(0, size))) << size;
  }
}

TEST_F(PictureTest, FilesWithWrongBytesDoNoHarm) {
  const std::string rgb = two_halves(24, 24);
  for (const std::string& whole : {plain_png(24, 24), jpeg(24, 24, rgb), jpeg(24, 24, rgb, true),
                                   webp(24, 24, rgb), webp(24, 24, rgb, true)}) {
    for (std::size_t i = 0; i < whole.size(); i += 5) {
      std::string wrong = whole;
      wrong[i] = static_cast<char>(wrong[i] ^ 0x55);
      const auto webp = parts.picture(wrong);
      if (webp) made(wrong);
    }
  }
}

}  // namespace
}  // namespace doorward::plugin_host
