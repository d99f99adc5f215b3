#include <webp/decode.h>

#include <algorithm>
#include <vector>

#include "decode.hpp"

namespace doorward::picture {
namespace {

constexpr std::uint64_t most_pixels = 10'000'000;
// Where they are lossless, or what is seen through them is: four bytes of each are held. In the second case there is
// as much to be decoded again.
constexpr std::uint64_t most_lossless_pixels = 3'700'000;
constexpr std::uint64_t most_transparent_pixels = 2'100'000;
constexpr unsigned most_code_groups = 500;  // 7 KiB each; libwebp itself makes a hundred

std::uint32_t number(std::string_view bytes) {
  std::uint32_t value = 0;
  for (int i = 3; i >= 0; --i)
    value = value << 8 | static_cast<std::uint8_t>(bytes[static_cast<std::size_t>(i)]);
  return value;
}

// The chunks up to the picture itself, as libwebp goes through them (RFC 9649 2.7).
Fault look_at_chunks(std::string_view file, std::uint64_t width, std::uint64_t height) {
  std::string_view rest = file.substr(12);
  for (bool first = true;; first = false) {
    if (rest.size() < 8) return Fault::damaged;
    const std::string_view type = rest.substr(0, 4);
    const std::size_t size = number(rest.substr(4));
    if (size > rest.size() - 8) return Fault::damaged;
    std::string_view data = rest.substr(8, size);
    const bool is_last = type == "VP8 " || type == "VP8L";
    if (first && !is_last && type != "VP8X")
      return Fault::damaged;  // libwebp would take it for a bare picture
    const bool is_transparency = type == "ALPH" && !data.empty() && (data[0] & 3) == 1;
    if (type == "VP8L" || is_transparency) {
      if (width * height > (is_transparency ? most_transparent_pixels : most_lossless_pixels))
        return Fault::too_many_pixels;
      data.remove_prefix(std::min<std::size_t>(data.size(), is_transparency ? 1 : 5));
      const unsigned groups = code_groups(data, width, height);
      if (groups == 0 || groups > most_code_groups) return Fault::damaged;
    }
    if (is_last) return Fault::none;
    rest.remove_prefix(std::min(rest.size(), 8 + size + size % 2));
  }
}

// As the first EXIF chunk says, behind the picture (RFC 9649 2.7.1.5); some writers put a JPEG's mark before it.
int orientation_of(std::string_view file) {
  for (std::string_view rest = file.substr(12); rest.size() >= 8;) {
    const std::size_t size = number(rest.substr(4));
    if (size > rest.size() - 8) break;
    const std::string_view data = rest.substr(8, size);
    if (rest.starts_with("EXIF"))
      return data.starts_with("Exif") ? exif_orientation(data) : tiff_orientation(data);
    rest.remove_prefix(std::min(rest.size(), 8 + size + size % 2));
  }
  return 1;
}

}  // namespace

// libwebp cuts out the middle and makes it smaller while it decodes.
Fault decode_webp(std::string_view file, Square& square) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(file.data());
  WebPDecoderConfig config;
  if (WebPInitDecoderConfig(&config) == 0) return Fault::damaged;
  if (WebPGetFeatures(bytes, file.size(), &config.input) != VP8_STATUS_OK) return Fault::damaged;
  if (config.input.has_animation != 0) return Fault::other_type;
  const auto width = static_cast<unsigned>(config.input.width);
  const auto height = static_cast<unsigned>(config.input.height);
  Fault fault = fault_of_size(width, height, most_pixels);
  if (fault == Fault::none) fault = look_at_chunks(file, width, height);
  if (fault != Fault::none) return fault;

  const unsigned crop = std::min(width, height);
  const unsigned size = std::min(crop, 2 * final_side);
  std::vector<std::uint8_t> pixels(std::size_t{size} * size * 4);
  config.options.use_cropping = 1;
  config.options.crop_left = static_cast<int>((width - crop) / 2);
  config.options.crop_top = static_cast<int>((height - crop) / 2);
  config.options.crop_width = config.options.crop_height = static_cast<int>(crop);
  config.options.use_scaling = size != crop ? 1 : 0;
  config.options.scaled_width = config.options.scaled_height = static_cast<int>(size);
  config.output.colorspace = MODE_RGBA;
  config.output.is_external_memory = 1;
  config.output.u.RGBA = {pixels.data(), static_cast<int>(size * 4), pixels.size()};
  const VP8StatusCode status = WebPDecode(bytes, file.size(), &config);
  WebPFreeDecBuffer(&config.output);
  if (status != VP8_STATUS_OK) return Fault::damaged;
  square.take(size, std::move(pixels));
  square.turn(orientation_of(file));
  return Fault::none;
}

}  // namespace doorward::picture
