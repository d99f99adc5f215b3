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

constexpr int most_scans = 20;  // a usual progressive file has ten
constexpr long most_memory = 80L * 1024 * 1024;

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

void look_at_scans(j_common_ptr jpeg) {
  if (jpeg->is_decompressor && reinterpret_cast<j_decompress_ptr>(jpeg)->input_scan_number > most_scans)
    give_up(jpeg);
}

// In the file, with those of a thumbnail inside a segment. In compressed data 0xFF is followed by 0x00.
int scans(std::string_view file) {
  int count = 0;
  for (std::size_t at = 0; (at = file.find("\xff\xda", at)) != std::string_view::npos; at += 2) ++count;
  return count;
}

struct Decoder {
  Manager manager{};
  jpeg_progress_mgr progress{};
  jpeg_decompress_struct jpeg{};
  std::vector<std::uint8_t> row;
  Fault fault = Fault::damaged;
  int orientation = 1;
  ~Decoder() { jpeg_destroy_decompress(&jpeg); }
};

// False: not to be decoded, and `fault` says why.
bool look_at_header(Decoder& decoder) {
  jpeg_decompress_struct& jpeg = decoder.jpeg;
  jpeg_save_markers(&jpeg, JPEG_APP0 + 1, 0xffff);
  jpeg_read_header(&jpeg, TRUE);
  decoder.fault = fault_of_size(jpeg.image_width, jpeg.image_height, jpeg_has_multiple_scans(&jpeg) != FALSE);
  if (decoder.fault == Fault::none && jpeg.num_components != 1 && jpeg.num_components != 3)
    decoder.fault = Fault::other_type;  // for printing: CMYK
  if (decoder.fault != Fault::none) return false;
  for (const jpeg_marker_struct* marker = jpeg.marker_list; marker != nullptr; marker = marker->next) {
    decoder.orientation =
        exif_orientation({reinterpret_cast<const char*>(marker->data), marker->data_length});
    if (decoder.orientation != 1) break;
  }
  decoder.fault = Fault::damaged;
  return true;
}

void choose_size(jpeg_decompress_struct& jpeg) {
  jpeg.out_color_space = JCS_EXT_RGBA;
  jpeg.scale_num = 1;
  const unsigned side = std::min(jpeg.image_width, jpeg.image_height);
  for (jpeg.scale_denom = 8; jpeg.scale_denom > 1 && side / jpeg.scale_denom < 2 * final_side;)
    jpeg.scale_denom /= 2;
}

// Comes back by longjmp where libjpeg gives up, past nothing that would have to be destroyed.
void run(Decoder& decoder, std::string_view file, Square& square) {
  jpeg_decompress_struct& jpeg = decoder.jpeg;
  if (setjmp(decoder.manager.back) != 0) return;  // NOLINT(cert-err52-cpp): as above
  jpeg_create_decompress(&jpeg);
  jpeg.progress = &decoder.progress;
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
  if (scans(file) > most_scans) return Fault::damaged;
  Decoder decoder;
  decoder.jpeg.err = jpeg_std_error(&decoder.manager.base);
  decoder.manager.base.error_exit = give_up;
  decoder.manager.base.emit_message = warn;
  decoder.manager.base.output_message = say_nothing;
  decoder.progress.progress_monitor = look_at_scans;
  run(decoder, file, square);
  if (decoder.fault == Fault::none) square.turn(decoder.orientation);
  return decoder.fault;
}

}  // namespace doorward::picture
