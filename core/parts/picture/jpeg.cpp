// JPEG, row by row, and at an eighth to a half of its size where that is enough: libjpeg then computes no more.
#include <cstddef>
#include <cstdio>
// after <cstdio>, which it needs
#include <jerror.h>
#include <jpeglib.h>

#include <algorithm>
#include <csetjmp>
#include <new>
#include <vector>

#include "decode.hpp"

namespace doorward::picture {
namespace {

constexpr std::uint64_t most_pixels = 40'000'000;
// Of pictures that come in several scans, all of whose coefficients are held: 128 bytes for each block of 8 by 8.
constexpr std::uint64_t most_held_blocks = 160 * 1024;
constexpr std::uint64_t most_blocks_of_scans = 1'200'000;  // scans times blocks: ten of 5 megapixels
constexpr long most_memory = 24L * 1024 * 1024;

struct Manager {
  jpeg_error_mgr base;
  std::jmp_buf back;
};

[[noreturn]] void give_up(j_common_ptr jpeg) {
  // NOLINTNEXTLINE(cert-err52-cpp): libjpeg has no other way
  std::longjmp(reinterpret_cast<Manager*>(jpeg->err)->back, 1);
}

// A warning is a file that doesn't hold what it should; bytes too many between two markers are no harm.
void warn(j_common_ptr jpeg, int level) {
  if (level < 0 && jpeg->err->msg_code != JWRN_EXTRANEOUS_DATA) give_up(jpeg);
}

void say_nothing(j_common_ptr) {}

struct Decoder {
  Manager manager{};
  jpeg_decompress_struct jpeg{};
  std::vector<std::uint8_t> row;
  Fault fault = Fault::damaged;
  Segments segments;
  ~Decoder() { jpeg_destroy_decompress(&jpeg); }
};

Fault fault_of_scans(const jpeg_decompress_struct& jpeg, unsigned scans) {
  std::uint64_t blocks = 0;
  for (int i = 0; i < jpeg.num_components; ++i)
    blocks += std::uint64_t{jpeg.comp_info[i].width_in_blocks} * jpeg.comp_info[i].height_in_blocks;
  return blocks > most_held_blocks || blocks * scans > most_blocks_of_scans ? Fault::too_many_pixels
                                                                            : Fault::none;
}

// False: not to be decoded, and `fault` says why.
bool look_at_header(Decoder& decoder) {
  jpeg_decompress_struct& jpeg = decoder.jpeg;
  jpeg_read_header(&jpeg, TRUE);
  decoder.fault = fault_of_size(jpeg.image_width, jpeg.image_height, most_pixels);
  if (decoder.fault == Fault::none && jpeg_has_multiple_scans(&jpeg) != FALSE)
    decoder.fault = fault_of_scans(jpeg, decoder.segments.scans);
  if (decoder.fault == Fault::none && jpeg.num_components != 1 && jpeg.num_components != 3)
    decoder.fault = Fault::other_type;  // for printing: CMYK
  if (decoder.fault != Fault::none) return false;
  decoder.fault = Fault::damaged;
  return true;
}

void choose_size(jpeg_decompress_struct& jpeg) {
  jpeg.out_color_space = JCS_EXT_RGBA;
  jpeg.scale_num = 1;
  const unsigned side = std::min(jpeg.image_width, jpeg.image_height);
  for (jpeg.scale_denom = 8; jpeg.scale_denom > 1 && side / jpeg.scale_denom < final_side;)
    jpeg.scale_denom /= 2;
}

// Comes back by longjmp where libjpeg gives up, past nothing that would have to be destroyed.
void run(Decoder& decoder, std::string_view file, Square& square) {
  jpeg_decompress_struct& jpeg = decoder.jpeg;
  if (setjmp(decoder.manager.back) != 0) return;  // NOLINT(cert-err52-cpp): as above
  jpeg_create_decompress(&jpeg);
  jpeg.mem->max_memory_to_use = most_memory;
  jpeg_mem_src(&jpeg, reinterpret_cast<const unsigned char*>(file.data()), file.size());
  if (!look_at_header(decoder)) return;
  choose_size(jpeg);
  jpeg_start_decompress(&jpeg);
  decoder.row.resize(std::size_t{jpeg.output_width} * 4);
  square.begin(jpeg.output_width, jpeg.output_height);
  while (jpeg.output_scanline < jpeg.output_height) {
    JSAMPROW row = decoder.row.data();
    jpeg_read_scanlines(&jpeg, &row, 1);
    square.add(row);
  }
  jpeg_finish_decompress(&jpeg);
  decoder.fault = Fault::none;
}

}  // namespace

Fault decode_jpeg(std::string_view file, Square& square) {
  Decoder decoder;
  decoder.segments = look_at_segments(file);
  if (decoder.segments.fault != Fault::none) return decoder.segments.fault;
  decoder.jpeg.err = jpeg_std_error(&decoder.manager.base);
  decoder.manager.base.error_exit = give_up;
  decoder.manager.base.emit_message = warn;
  decoder.manager.base.output_message = say_nothing;
  run(decoder, file, square);
  if (decoder.fault == Fault::none) square.turn(decoder.segments.orientation);
  return decoder.fault;
}

}  // namespace doorward::picture
