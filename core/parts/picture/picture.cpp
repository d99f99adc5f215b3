// The part `picture`. What kind of file it is, its first bytes say: not its name, and not who sent it.
#include <parts/part.h>
#include <webp/encode.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <new>
#include <stdexcept>

#include "decode.hpp"

namespace doorward::picture {
namespace {

// A picture is shown on every page of its owner, and a page shall weigh no more than 30 KB with it: the best of these qualities
// that makes it small enough is taken. Where none does it was noise, which loses its details until it is.
constexpr std::size_t most_bytes = 4500;
constexpr std::array<float, 8> qualities = {85, 75, 65, 55, 40, 25, 10, 0};
constexpr std::array<int, 4> sides_of_noise = {128, 64, 32, 16};

Fault decode(std::string_view file, Square& square) {
  using namespace std::string_view_literals;
  if (file.starts_with("\x89PNG\r\n\x1a\n"sv)) return decode_png(file, square);
  if (file.starts_with("\xff\xd8\xff"sv)) return decode_jpeg(file, square);
  if (file.starts_with("RIFF"sv) && file.size() > 12 && file.substr(8, 4) == "WEBP"sv)
    return decode_webp(file, square);
  return Fault::other_type;
}

void must(int done) {
  if (done == 0) throw std::bad_alloc();  // all that can go wrong with a picture of known size
}

void write(WebPPicture& picture, float quality, WebPMemoryWriter& made) {
  WebPConfig config;
  if (WebPConfigPreset(&config, WEBP_PRESET_PICTURE, quality) == 0)
    throw std::logic_error("libwebp is another one than it was built with");
  config.alpha_quality = static_cast<int>(quality);
  WebPMemoryWriterClear(&made);
  picture.custom_ptr = &made;
  must(WebPEncode(&config, &picture));
}

void write_small(WebPPicture& picture, WebPMemoryWriter& made) {
  const int side = static_cast<int>(final_side);
  for (const float quality : qualities) {
    write(picture, quality, made);
    if (made.size <= most_bytes) return;
  }
  WebPBlendAlpha(&picture, 0xffffff);
  for (const int small : sides_of_noise) {
    must(WebPPictureRescale(&picture, small, small));
    must(WebPPictureRescale(&picture, side, side));
    write(picture, qualities.back(), made);
    if (made.size <= most_bytes) return;
  }
}

void encode(const Square& square, void* self, doorward_part_put put) {
  WebPPicture picture;
  if (WebPPictureInit(&picture) == 0) throw std::logic_error("libwebp is another one than it was built with");
  const std::unique_ptr<WebPPicture, void (*)(WebPPicture*)> freed(&picture, WebPPictureFree);
  WebPMemoryWriter made;
  WebPMemoryWriterInit(&made);
  const std::unique_ptr<WebPMemoryWriter, void (*)(WebPMemoryWriter*)> cleared(&made, WebPMemoryWriterClear);
  const int side = static_cast<int>(square.size());
  picture.use_argb = 1;
  picture.width = picture.height = side;
  must(WebPPictureImportRGBA(&picture, square.pixels(), side * 4));
  if (side != static_cast<int>(final_side)) must(WebPPictureRescale(&picture, final_side, final_side));
  picture.writer = WebPMemoryWrite;
  write_small(picture, made);
  put(self, reinterpret_cast<const char*>(made.mem), made.size);
}

// One picture at a time: what it takes of memory, it takes once. Whoever waits holds a thread that pages wait for, so nobody
// waits long: ten of the slowest pictures.
class Turn {
 public:
  Turn() {
    std::unique_lock lock(mutex);
    mine_ = ended.wait_for(lock, std::chrono::seconds(2), [] { return !taken; });
    if (mine_) taken = true;
  }
  ~Turn() {
    if (!mine_) return;
    const std::lock_guard lock(mutex);
    taken = false;
    ended.notify_one();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  bool came() const { return mine_; }

 private:
  static inline std::mutex mutex;
  static inline std::condition_variable ended;
  static inline bool taken = false;
  bool mine_;
};

int make(std::string_view file, void* self, doorward_part_put put) {
  const Turn turn;
  if (!turn.came()) return DOORWARD_PICTURE_BUSY;
  Square square;
  const Fault fault = decode(file, square);
  switch (fault) {
    case Fault::none: break;
    case Fault::other_type: return DOORWARD_PICTURE_OTHER_TYPE;
    case Fault::too_many_pixels: return DOORWARD_PICTURE_TOO_MANY_PIXELS;
    case Fault::damaged: return DOORWARD_PICTURE_DAMAGED;
  }
  if (!square.complete()) return DOORWARD_PICTURE_DAMAGED;
  encode(square, self, put);
  return DOORWARD_PICTURE_MADE;
}

}  // namespace
}  // namespace doorward::picture

__attribute__((visibility("default"))) int doorward_picture_v1(const char* file, size_t size, void* self,
                                                               doorward_part_put put) {
  try {
    return doorward::picture::make({file, size}, self, put);
  } catch (...) {
    return DOORWARD_PICTURE_NO_MEMORY;
  }
}
