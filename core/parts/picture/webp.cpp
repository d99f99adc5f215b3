#include <webp/decode.h>

#include <algorithm>
#include <vector>

#include "decode.hpp"

namespace doorward::picture {

// libwebp cuts out the middle and makes it smaller while it decodes.
Fault decode_webp(std::string_view file, Square& square) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(file.data());
  WebPDecoderConfig config;
  if (WebPInitDecoderConfig(&config) == 0) return Fault::damaged;
  if (WebPGetFeatures(bytes, file.size(), &config.input) != VP8_STATUS_OK) return Fault::damaged;
  if (config.input.has_animation != 0) return Fault::other_type;
  const auto width = static_cast<unsigned>(config.input.width);
  const auto height = static_cast<unsigned>(config.input.height);
  const Fault fault = fault_of_size(width, height, true);
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
  return Fault::none;
}

}  // namespace doorward::picture
