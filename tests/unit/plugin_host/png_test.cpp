// The rows of a PNG: all of them, in their places, and nothing behind them is unpacked, whatever the IDATs hold (SECURITY
// T183). In all of this program zlib's inflate is one that counts.
#include <dlfcn.h>
#include <webp/decode.h>

#include <atomic>

#include "pictures.hpp"
#include "plugin_host/parts.hpp"
#include "support.hpp"

namespace {

std::atomic<std::size_t> unpacked = 0;

}  // namespace

extern "C" __attribute__((visibility("default"))) int inflate(z_streamp stream, int flush) {
  static const auto real = reinterpret_cast<decltype(&inflate)>(::dlsym(RTLD_NEXT, "inflate"));
  const uLong before = stream->total_out;
  const int state = real(stream, flush);
  unpacked += stream->total_out - before;
  return state;
}

namespace doorward::plugin_host {
namespace {

using namespace std::string_literals;

// With zeros behind its rows, in IDATs of so many bytes.
std::string with_surplus(unsigned side, bool interlaced, const std::string& rows, std::size_t idat) {
  const std::string data = test::packed(rows);
  std::string chunks;
  for (std::size_t at = 0; at < data.size(); at += idat)
    chunks += test::png_chunk("IDAT", data.substr(at, idat));
  const std::string file = test::png(side, side, "", {}, interlaced);
  return file.substr(0, file.find("IDAT") - 4) + chunks + test::png_chunk("IEND", "");
}

class PngUnpackedTest : public ::testing::TestWithParam<std::tuple<unsigned, bool, std::size_t>> {
 protected:
  OpenedParts parts{PLUGINS};
};

TEST_P(PngUnpackedTest, ItIsTheRowsAndNoMore) {  // T183
  const auto [side, interlaced, idat] = GetParam();
  const std::string rows =
      test::rows_of(side, side, std::string(std::size_t{side} * side * 3, '\x40'), interlaced);
  for (const std::size_t surplus : {0, 1, 20'000'000}) {
    const std::string file = with_surplus(side, interlaced, rows + std::string(surplus, '\0'), idat);
    unpacked = 0;
    // 19 KB of packed zeros are more than a few pixels can need.
    const bool is_one = surplus <= 1 || side > 7;
    EXPECT_EQ(parts.picture(file).has_value(), is_one) << surplus;
    if (!is_one) {
      EXPECT_EQ(unpacked, 0U);
      continue;
    }
    EXPECT_GE(unpacked, rows.size()) << "what is counted is what unpacks";
    EXPECT_LE(unpacked, rows.size() + side * 3U + 1) << surplus << " bytes behind them";
  }
}
INSTANTIATE_TEST_SUITE_P(Sizes, PngUnpackedTest,
                         ::testing::Combine(::testing::Values(1U, 7U, 300U), ::testing::Bool(),
                                            ::testing::Values(100, 8192, 1 << 20)));

// Of every size, for not every pass has rows and columns then.
TEST(PngTest, AnInterlacedOneShowsTheSame) {
  OpenedParts parts{PLUGINS};
  for (unsigned width = 1; width <= 10; ++width) {
    for (unsigned height = 1; height <= 10; ++height) {
      std::string rgb;
      for (unsigned i = 0; i < width * height * 3; ++i) rgb += static_cast<char>(i * 83);
      const auto made = [&](bool interlaced) {
        return parts.picture(
            test::png(width, height, test::rows_of(width, height, rgb, interlaced), {}, interlaced));
      };
      ASSERT_TRUE(made(true)) << width << " x " << height;
      EXPECT_EQ(*made(true), *made(false)) << width << " x " << height;
    }
  }
}

TEST(PngTest, WithoutAllOfItsRowsItIsDamaged) {
  OpenedParts parts{PLUGINS};
  const std::string rgb(std::size_t{20} * 20 * 3, '\x40');
  for (const bool interlaced : {false, true}) {
    const std::string rows = test::rows_of(20, 20, rgb, interlaced);
    EXPECT_TRUE(parts.picture(test::png(20, 20, rows, {}, interlaced)));
    for (const std::size_t size : {rows.size() - 1, rows.size() / 2, std::size_t{0}}) {
      const auto refused = parts.picture(test::png(20, 20, rows.substr(0, size), {}, interlaced));
      ASSERT_FALSE(refused) << size;
      EXPECT_EQ(refused.error().code, "picture_damaged");
    }
  }
}

// A red corner at the top left, in a square; what becomes of it as a PNG with such a chunk.
std::string with_exif(int orientation) {
  const std::string tiff =
      "II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0"s + static_cast<char>(orientation) + "\0\0\0\0\0\0\0"s;
  std::string rgb;
  for (int i = 0; i < 64 * 64; ++i) rgb += i / 64 < 32 && i % 64 < 32 ? "\xff\0\0"s : "\0\0\xff"s;
  return test::png(64, 64, test::rows_of(64, 64, rgb, false), test::png_chunk("eXIf", tiff));
}

TEST(PngTest, IsTurnedAsItsExifSays) {
  OpenedParts parts{PLUGINS};
  struct Case {
    int orientation, x, y;  // where the corner ends up
  };
  for (const auto& [orientation, x, y] : {Case{1, 20, 20},
                                          {2, 235, 20},
                                          {3, 235, 235},
                                          {4, 20, 235},
                                          {6, 235, 20},
                                          {8, 20, 235},
                                          {9, 20, 20}}) {
    const auto webp = parts.picture(with_exif(orientation));
    ASSERT_TRUE(webp);
    int width = 0, height = 0;
    std::uint8_t* pixels =
        WebPDecodeRGBA(reinterpret_cast<const std::uint8_t*>(webp->data()), webp->size(), &width, &height);
    ASSERT_NE(pixels, nullptr);
    EXPECT_GT(pixels[(y * width + x) * 4], 220) << orientation;
    WebPFree(pixels);
  }
}

TEST(PngTest, OfTwoExifsTheFirstCounts) {
  OpenedParts parts{PLUGINS};
  const std::string third = with_exif(3), sixth = with_exif(6);
  const std::size_t begin = sixth.find("eXIf") - 4;
  const std::string chunk = sixth.substr(begin, 12 + 26);
  std::string both = third;
  both.insert(begin + chunk.size(), chunk);
  ASSERT_TRUE(parts.picture(both));
  EXPECT_EQ(*parts.picture(both), *parts.picture(third));
  EXPECT_NE(*parts.picture(sixth), *parts.picture(third));
}

TEST(PngTextsTest, AMegabyteOfThemIsUnpackedAtMost) {  // T183
  OpenedParts parts{PLUGINS};
  const std::string bomb = test::packed(std::string(20'000'000, '\0'));
  for (const std::string& chunk :
       {test::png_chunk("zTXt", "a\0\0"s + bomb), test::png_chunk("iCCP", "a\0\0"s + bomb),
        test::png_chunk("iTXt", "a\0\1\0\0\0"s + bomb)}) {
    const std::string file = test::plain_png(4, 4, chunk);
    unpacked = 0;
    EXPECT_FALSE(parts.picture(file));
    EXPECT_GT(unpacked, 1'000'000U);
    EXPECT_LT(unpacked, 1'100'000U);
  }
}

std::string png_header(unsigned width, unsigned height, char bits, char colour, bool interlaced = false) {
  return "\x89PNG\r\n\x1a\n"s +
         test::png_chunk("IHDR", test::big_endian(width) + test::big_endian(height) + bits + colour +
                                     "\0\0"s + (interlaced ? '\1' : '\0')) +
         test::png_chunk("IDAT", "x") + test::png_chunk("IEND", "");
}

std::string refusal(OpenedParts& parts, const std::string& file) {
  const auto webp = parts.picture(file);
  return webp ? "" : webp.error().code;
}

// The sizes that are still taken fail for another reason: there is nothing behind these headers.
TEST(PngTest, WhatItWouldUnpackToIsBounded) {  // T183
  OpenedParts parts{PLUGINS};
  EXPECT_EQ(refusal(parts, png_header(4000, 3001, 1, 0)), "picture_too_many_pixels");
  EXPECT_EQ(refusal(parts, png_header(4000, 3000, 1, 0)), "picture_damaged");
  EXPECT_EQ(refusal(parts, png_header(3001, 3000, 8, 2)),
            "picture_too_many_pixels");  // 27 million bytes of rows
  EXPECT_EQ(refusal(parts, png_header(3000, 3000, 8, 2)), "picture_damaged");
  EXPECT_EQ(refusal(parts, png_header(2600, 2600, 8, 6)), "picture_too_many_pixels");
  EXPECT_EQ(refusal(parts, png_header(1840, 1840, 16, 6)), "picture_too_many_pixels");
  EXPECT_EQ(refusal(parts, png_header(2600, 2600, 16, 4)), "picture_too_many_pixels");
  EXPECT_EQ(refusal(parts, png_header(2000, 1501, 8, 2, true)),
            "picture_too_many_pixels");  // interlaced: would be held whole
  EXPECT_EQ(refusal(parts, png_header(2000, 1500, 8, 2, true)), "picture_damaged");
  EXPECT_EQ(refusal(parts, png_header(1500, 1200, 16, 6, true)), "picture_too_many_pixels");
}

TEST(PngTextsTest, ThatUnpackToMuchAreRefused) {  // T183
  OpenedParts parts{PLUGINS};
  const std::string bomb = test::packed(std::string(20'000'000, 'A'));
  ASSERT_LT(bomb.size(), 100'000U);
  EXPECT_EQ(refusal(parts, test::plain_png(20, 20, test::png_chunk("zTXt", "a\0\0"s + bomb))),
            "picture_damaged");
  EXPECT_EQ(refusal(parts, test::plain_png(20, 20, test::png_chunk("iCCP", "a\0\0"s + bomb))),
            "picture_damaged");
  EXPECT_EQ(refusal(parts, test::plain_png(20, 20, test::png_chunk("iTXt", "a\0\x01\0\0\0"s + bomb))),
            "picture_damaged");
  std::string many;
  for (int i = 0; i < 20; ++i)
    many += test::png_chunk("zTXt", "a\0\0"s + test::packed(std::string(100'000, 'A')));
  EXPECT_EQ(refusal(parts, test::plain_png(20, 20, many)), "picture_damaged");
  std::string chunks;
  for (int i = 0; i < 5000; ++i) chunks += test::png_chunk("teST", "");
  EXPECT_EQ(refusal(parts, test::plain_png(20, 20, chunks)), "picture_damaged");
}

// An iTXt says whether it is packed; what isn't, is no bomb, whatever it looks like.
TEST(PngTextsTest, ThatAreNotPackedAreNotUnpacked) {
  OpenedParts parts{PLUGINS};
  const std::string zeros = test::packed(std::string(2'000'000, '\0'));
  EXPECT_EQ(refusal(parts, test::plain_png(4, 4, test::png_chunk("iTXt", "a\0\0\0\0\0"s + zeros))), "");
  EXPECT_EQ(refusal(parts, test::plain_png(4, 4, test::png_chunk("iTXt", "a\0\1\0\0\0"s + zeros))),
            "picture_damaged");
}

}  // namespace
}  // namespace doorward::plugin_host
