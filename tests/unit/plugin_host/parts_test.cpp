// The parts, as they are opened: pictures of every kind, good and hostile (SECURITY T183), phone numbers, and parts that
// aren't there.
#include "plugin_host/parts.hpp"

#include <cstdio>
// after <cstdio>, which it needs
#include <jpeglib.h>
#include <webp/decode.h>
#include <webp/encode.h>

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

class PartsTest : public ::testing::Test {
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

std::string jpeg(unsigned width, unsigned height, std::string rgb, bool progressive = false,
                 int orientation = 0) {
  jpeg_compress_struct made{};
  jpeg_error_mgr errors{};
  made.err = jpeg_std_error(&errors);
  jpeg_create_compress(&made);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&made, &bytes, &size);
  made.image_width = width;
  made.image_height = height;
  made.input_components = 3;
  made.in_color_space = JCS_RGB;
  jpeg_set_defaults(&made);
  if (progressive) jpeg_simple_progression(&made);
  jpeg_start_compress(&made, TRUE);
  if (orientation != 0) {
    const std::string exif = "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0"s +
                             static_cast<char>(orientation) + "\0\0\0\0\0\0\0secret"s;
    jpeg_write_marker(&made, JPEG_APP0 + 1, reinterpret_cast<const JOCTET*>(exif.data()), exif.size());
  }
  while (made.next_scanline < height) {
    auto* row = reinterpret_cast<JSAMPROW>(&rgb[std::size_t{made.next_scanline} * width * 3]);
    jpeg_write_scanlines(&made, &row, 1);
  }
  jpeg_finish_compress(&made);
  jpeg_destroy_compress(&made);
  std::string file(reinterpret_cast<char*>(bytes), size);
  free(bytes);
  return file;
}

std::string webp(unsigned width, unsigned height, const std::string& rgb, bool lossless = false) {
  std::uint8_t* bytes = nullptr;
  const auto* pixels = reinterpret_cast<const std::uint8_t*>(rgb.data());
  const int w = static_cast<int>(width), h = static_cast<int>(height);
  const std::size_t size = lossless ? WebPEncodeLosslessRGB(pixels, w, h, w * 3, &bytes)
                                    : WebPEncodeRGB(pixels, w, h, w * 3, 80, &bytes);
  std::string file(reinterpret_cast<char*>(bytes), size);
  WebPFree(bytes);
  return file;
}

TEST_F(PartsTest, EveryKindBecomesTheSameSquare) {
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

TEST_F(PartsTest, AnySizeIsTaken) {
  for (const unsigned side : {1U, 2U, 255U, 256U, 257U, 511U, 512U, 513U, 2000U})
    EXPECT_NEAR(at(made(plain_png(side, side)), 128, 128).blue, 0xe0, 6) << side;
  EXPECT_NEAR(at(made(plain_png(8000, 3)), 128, 128).blue, 0xe0, 6);
  EXPECT_NEAR(at(made(plain_png(3, 8000)), 128, 128).blue, 0xe0, 6);
}

TEST_F(PartsTest, TheMiddleIsShown) {
  std::string rows;
  for (int y = 0; y < 100; ++y) {
    rows += '\0';
    for (int x = 0; x < 300; ++x) rows += x < 100 || x >= 200 ? "\xff\0\0"s : "\0\xff\0"s;
  }
  const auto pixels = made(png(300, 100, rows));
  for (const int x : {4, 128, 251}) EXPECT_GT(at(pixels, x, 128).green, 220) << x;
}

TEST_F(PartsTest, APictureIsTurnedAsTheCameraSays) {
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

TEST_F(PartsTest, TransparencyStays) {
  const std::string header = test::big_endian(2) + test::big_endian(2) + "\x08\x06\0\0\0"s;
  const std::string file =
      "\x89PNG\r\n\x1a\n"s + png_chunk("IHDR", header) +
      png_chunk("IDAT", test::packed("\0"s + std::string(8, '\0') + "\0"s + std::string(8, '\xff'))) +
      png_chunk("IEND", "");
  const auto pixels = made(file);
  EXPECT_LT(at(pixels, 128, 10).alpha, 20);
  EXPECT_GT(at(pixels, 128, 245).alpha, 235);
}

TEST_F(PartsTest, MetadataIsGone) {
  const std::string more = png_chunk("tEXt", "Comment\0secret"s) + png_chunk("eXIf", "II*\0secret"s) +
                           png_chunk("zTXt", "Comment\0\0"s + test::packed("secret"));
  made(plain_png(30, 30, more));
  std::string appended = plain_png(30, 30) + "secret<script>";
  made(appended);
}

TEST_F(PartsTest, TooManyPixelsAreRefusedByTheHeader) {  // T183
  refuses(png(50000, 50000, "x"), "picture_too_many_pixels");
  refuses(png(8001, 1, "x"), "picture_too_many_pixels");
  refuses(png(8000, 8000, "x"), "picture_too_many_pixels");
  refuses(png(4000, 4000, "x", {}, true), "picture_too_many_pixels");  // interlaced: would be held whole
  refuses(png(0xffffffff, 0xffffffff, "x"), "picture_too_many_pixels");
  std::string wide = jpeg(16, 16, two_halves(16, 16));
  const std::size_t frame = wide.find("\xff\xc0");
  ASSERT_NE(frame, std::string::npos);
  wide.replace(frame + 5, 4, "\xea\x60\xea\x60");
  refuses(wide, "picture_too_many_pixels");
  std::string scans = jpeg(16, 16, two_halves(16, 16), true);
  scans.replace(scans.find("\xff\xc2") + 5, 4, "\x0f\xa0\x0f\xa0");  // 4000 by 4000, progressive
  refuses(scans, "picture_too_many_pixels");
  refuses("RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\xff\xff\xff\x0f\0\0\0\0\0\0\0\0\0"s,
          "picture_too_many_pixels");
}

TEST_F(PartsTest, WhatMovesOrIsSomethingElseIsRefused) {
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

TEST_F(PartsTest, ManyScansAreRefused) {  // T183
  const std::string file = jpeg(64, 64, two_halves(64, 64), true);
  const std::size_t last = file.rfind("\xff\xda");
  const std::string scan = file.substr(last, file.size() - 2 - last);
  std::string bomb = file.substr(0, file.size() - 2);
  while (bomb.size() < 2'000'000) bomb += scan;
  refuses(bomb + "\xff\xd9", "picture_damaged");
}

TEST_F(PartsTest, TextsThatUnpackToMuchAreRefused) {  // T183
  const std::string bomb = test::packed(std::string(20'000'000, 'A'));
  ASSERT_LT(bomb.size(), 100'000U);
  refuses(plain_png(20, 20, png_chunk("zTXt", "a\0\0"s + bomb)), "picture_damaged");
  refuses(plain_png(20, 20, png_chunk("iCCP", "a\0\0"s + bomb)), "picture_damaged");
  refuses(plain_png(20, 20, png_chunk("iTXt", "a\0\x01\0\0\0"s + bomb)), "picture_damaged");
  std::string many;
  for (int i = 0; i < 20; ++i) many += png_chunk("zTXt", "a\0\0"s + test::packed(std::string(100'000, 'A')));
  refuses(plain_png(20, 20, many), "picture_damaged");
  std::string chunks;
  for (int i = 0; i < 5000; ++i) chunks += png_chunk("teST", "");
  refuses(plain_png(20, 20, chunks), "picture_damaged");
}

TEST_F(PartsTest, EveryBeginningOfAFileIsRefused) {
  const std::string rgb = two_halves(24, 24);
  for (const std::string& whole :
       {plain_png(24, 24), jpeg(24, 24, rgb), jpeg(24, 24, rgb, true), webp(24, 24, rgb)}) {
    for (std::size_t size = 0; size + 2 < whole.size(); size += 7)
      EXPECT_FALSE(parts.picture(whole.substr(0, size))) << size;
  }
}

TEST_F(PartsTest, FilesWithWrongBytesDoNoHarm) {
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

TEST_F(PartsTest, PhoneNumbersAreReadAndShown) {
  const auto berlin = parts.phone_number("030 901820", "DE");
  ASSERT_TRUE(berlin);
  EXPECT_EQ(berlin->e164, "+4930901820");
  EXPECT_EQ(berlin->shown, "+49 30 901820");
  EXPECT_TRUE(parts.phone_number("+1 650-253-0000", ""));
  for (const char* none : {"", "+", "030 901820", "+49", "+49 30 901820 ext. 3", "x"})
    EXPECT_FALSE(parts.phone_number(none, "")) << none;
  EXPECT_FALSE(parts.phone_number("030 901820", "??"));
}

TEST_F(PartsTest, APartThatIsNotThereIsNamed) {
  OpenedParts none("/nonexistent");
  EXPECT_THROW(none.picture("x"), Unavailable);
  try {
    none.phone_number("+4930901820", "");
    FAIL();
  } catch (const Unavailable& error) {
    EXPECT_NE(std::string(error.what()).find("/nonexistent"), std::string::npos) << error.what();
  }
  EXPECT_EQ(faults_of_parts("/nonexistent").size(), 2U);
  EXPECT_TRUE(faults_of_parts(PLUGINS).empty());
}

TEST_F(PartsTest, TheyAreNoPlugins) {
  for (const auto& plugin : describe_plugins(PLUGINS)) EXPECT_NE(plugin.kind, "part/1") << plugin.path;
}

}  // namespace
}  // namespace doorward::plugin_host
