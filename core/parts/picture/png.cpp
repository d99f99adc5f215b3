// PNG, row by row. What libpng would do with text and colour profiles is left out: those chunks are looked at here, and
// skipped there. One that unpacks to more than a megabyte was made to do harm.
#include <png.h>
#include <zlib.h>

#include <array>
#include <csetjmp>
#include <cstring>
#include <vector>

#include "decode.hpp"

namespace doorward::picture {
namespace {

constexpr std::uint64_t most_pixels = 12'000'000;
constexpr std::uint64_t most_interlaced_pixels = 3'000'000;  // they are held
constexpr std::uint64_t most_row_bytes = 27'000'000;  // of all rows; 8.3 megapixels, a screen of 4K, have 25
constexpr std::size_t most_unpacked = std::size_t{1024} * 1024;  // all texts and profiles together
constexpr std::size_t most_chunks = 4096;
constexpr png_alloc_size_t most_chunk_memory = png_alloc_size_t{256} * 1024;

std::uint32_t number(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes.substr(0, 4)) value = value << 8 | static_cast<std::uint8_t>(byte);
  return value;
}

// Where the packed part of a zTXt, iTXt or iCCP begins: behind a keyword, a method, and in iTXt two texts more.
std::string_view packed_part(std::string_view type, std::string_view data) {
  const auto skip_text = [&data] { data.remove_prefix(std::min(data.find('\0'), data.size() - 1) + 1); };
  if (data.empty()) return {};
  skip_text();
  if (type != "iTXt") return data.substr(std::min<std::size_t>(1, data.size()));
  if (data.size() < 3 || data[0] == 0) return {};
  data.remove_prefix(2);
  skip_text();
  if (data.empty()) return {};
  skip_text();
  return data;
}

// Unpacks into nothing, counting. False: more than `left` bytes, which it makes less.
bool unpacks_within(std::string_view packed, std::size_t& left) {
  z_stream stream{};
  if (packed.empty() || inflateInit(&stream) != Z_OK) return true;
  std::array<Bytef, 16384> out;
  stream.next_in = reinterpret_cast<const Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  int state = Z_OK;
  while (state == Z_OK && stream.total_out <= left) {
    stream.next_out = out.data();
    stream.avail_out = out.size();
    state = inflate(&stream, Z_NO_FLUSH);
  }
  const std::size_t made = stream.total_out;
  inflateEnd(&stream);
  if (made > left) return false;
  left -= made;
  return true;
}

// Of all rows that an IHDR promises (PNG 11.2.2), without the byte before each that says how it is filtered.
std::uint64_t row_bytes(std::string_view header) {
  const std::uint64_t width = number(header), height = number(header.substr(4));
  const auto bits = static_cast<std::uint8_t>(header[8]), colour = static_cast<std::uint8_t>(header[9]);
  const std::uint64_t channels = colour == 2 ? 3 : colour == 4 ? 2 : colour == 6 ? 4 : 1;
  return (width * channels * bits + 7) / 8 * height;
}

Fault fault_of_header(std::string_view header) {
  const std::uint64_t width = number(header), height = number(header.substr(4));
  const Fault fault = fault_of_size(width, height, header[12] != 0 ? most_interlaced_pixels : most_pixels);
  if (fault != Fault::none) return fault;
  // The pixels of passes are put in their places one by one, so that interlaced ones take twice as long.
  return row_bytes(header) * (header[12] != 0 ? 2 : 1) > most_row_bytes ? Fault::too_many_pixels
                                                                        : Fault::none;
}

// Packing makes nothing much longer, however badly it is done: what IDATs hold beyond that is no part of a picture.
std::uint64_t most_packed(std::string_view header) {
  return 2 * (row_bytes(header) + number(header.substr(4))) + 4096;
}

// The chunks as they lie in the file (PNG 5.3), before anything is decoded. `orientation` is as the first eXIf says.
Fault look_at_chunks(std::string_view file, int& orientation) {
  std::string_view rest = file.substr(8);
  bool turned = false;
  std::size_t left = most_unpacked, others = 0;
  std::uint64_t packed_left = 0;
  for (bool first = true;; first = false) {
    if (rest.size() < 12) return Fault::damaged;
    const std::size_t size = number(rest);
    const std::string_view type = rest.substr(4, 4);
    if (size > rest.size() - 12) return Fault::damaged;
    const std::string_view data = rest.substr(8, size);
    if (first && (type != "IHDR" || size != 13)) return Fault::damaged;
    if (first) {
      const Fault fault = fault_of_header(data);
      if (fault != Fault::none) return fault;
      packed_left = most_packed(data);
    }
    if (type == "IEND") return Fault::none;
    if (type == "acTL") return Fault::other_type;  // APNG: it moves
    if (type != "IDAT" && ++others > most_chunks) return Fault::damaged;
    if (type == "IDAT" && size > packed_left) return Fault::damaged;
    if (type == "IDAT") packed_left -= size;
    if (type == "eXIf" && !turned) {
      orientation = tiff_orientation(data);
      turned = true;
    }
    const bool packed = type == "zTXt" || type == "iTXt" || type == "iCCP";
    if (packed && !unpacks_within(packed_part(type, data), left)) return Fault::damaged;
    rest.remove_prefix(12 + size);
  }
}

void fail(png_structp png, png_const_charp) { png_longjmp(png, 1); }
void ignore(png_structp, png_const_charp) {}

// What has to be freed, held outside of what a longjmp leaves.
struct Decoder {
  Decoder(std::string_view header, Square& made)
      : square(made), width(number(header)), height(number(header.substr(4))), interlaced(header[12] != 0) {}
  ~Decoder() { png_destroy_read_struct(&png, &info, nullptr); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  Square& square;
  unsigned width, height;
  bool interlaced;
  unsigned rows_left = 0;  // that are still packed
  png_structp png = nullptr;
  png_infop info = nullptr;
  std::vector<std::uint8_t> pixels;  // all of an interlaced picture
};

// Of all passes (PNG 8.2): those that have no columns have no rows either.
unsigned packed_rows(const Decoder& decoder) {
  if (!decoder.interlaced) return decoder.height;
  unsigned rows = 0;
  for (int pass = 0; pass < PNG_INTERLACE_ADAM7_PASSES; ++pass)
    if (PNG_PASS_COLS(decoder.width, pass) != 0) rows += PNG_PASS_ROWS(decoder.height, pass);
  return rows;
}

// libpng knows all that stands before the rows.
void begin_rows(png_structp png, png_infop info) {
  const auto& decoder = *static_cast<const Decoder*>(png_get_progressive_ptr(png));
  png_set_expand(png);
  png_set_scale_16(png);
  png_set_gray_to_rgb(png);
  png_set_add_alpha(png, 0xff, PNG_FILLER_AFTER);
  png_read_update_info(png, info);
  if (png_get_rowbytes(png, info) != std::size_t{decoder.width} * 4) png_error(png, "no RGBA");
}

void take_row(png_structp png, png_bytep row, png_uint_32 y, int pass) {
  auto& decoder = *static_cast<Decoder*>(png_get_progressive_ptr(png));
  if (decoder.rows_left == 0) return;
  --decoder.rows_left;
  if (!decoder.interlaced) return decoder.square.add(row);
  std::uint8_t* const to =
      decoder.pixels.data() + std::size_t{PNG_ROW_FROM_PASS_ROW(y, pass)} * decoder.width * 4;
  for (unsigned x = 0; x < PNG_PASS_COLS(decoder.width, pass); ++x)
    std::memcpy(to + std::size_t{PNG_COL_FROM_PASS_COL(x, pass)} * 4, row + std::size_t{x} * 4, 4);
}

// False: libpng gave up. It comes back by longjmp, past nothing that would have to be destroyed. The file is pushed into
// it, for then it unpacks row by row and stops behind the last one. If it pulled, it would go on to the end of what the
// IDATs hold, and 2 MiB of them may hold 2 GB.
bool run(Decoder& decoder, std::string_view file) {
  if (setjmp(png_jmpbuf(decoder.png)) != 0) return false;  // NOLINT(cert-err52-cpp): libpng has no other way
  png_set_user_limits(decoder.png, most_side, most_side);
  png_set_chunk_malloc_max(decoder.png, most_chunk_memory);
  png_set_keep_unknown_chunks(decoder.png, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
  png_set_progressive_read_fn(decoder.png, &decoder, begin_rows, take_row, nullptr);
  auto* const bytes = reinterpret_cast<png_bytep>(const_cast<char*>(file.data()));  // it only reads them
  png_process_data(decoder.png, decoder.info, bytes, file.size());
  return decoder.rows_left == 0;
}

}  // namespace

Fault decode_png(std::string_view file, Square& square) {
  int orientation = 1;
  const Fault fault = look_at_chunks(file, orientation);
  if (fault != Fault::none) return fault;
  Decoder decoder(file.substr(16), square);
  decoder.rows_left = packed_rows(decoder);
  square.begin(decoder.width, decoder.height);
  const std::size_t row = std::size_t{decoder.width} * 4;
  if (decoder.interlaced) decoder.pixels.resize(row * decoder.height);
  decoder.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, fail, ignore);
  if (decoder.png == nullptr) throw std::bad_alloc();
  decoder.info = png_create_info_struct(decoder.png);
  if (decoder.info == nullptr) throw std::bad_alloc();
  if (!run(decoder, file)) return Fault::damaged;
  for (unsigned y = 0; decoder.interlaced && y < decoder.height; ++y)
    square.add(decoder.pixels.data() + row * y);
  square.turn(orientation);
  return Fault::none;
}

}  // namespace doorward::picture
