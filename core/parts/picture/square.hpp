// The middle of a picture, made smaller while its rows come: however many there are, only the square is held. Rows are
// averaged over blocks of k by k pixels, k such that 256 to 511 pixels a side are left; what is left of it is done by
// libwebp's own scaling.
#pragma once
#include <cstdint>
#include <vector>

namespace doorward::picture {

inline constexpr unsigned final_side = 256;
inline constexpr unsigned most_side = 8000;

enum class Fault { none, other_type, too_many_pixels, damaged };

inline Fault fault_of_size(std::uint64_t width, std::uint64_t height, std::uint64_t most_pixels) {
  if (width == 0 || height == 0) return Fault::damaged;
  if (width > most_side || height > most_side) return Fault::too_many_pixels;
  return width * height > most_pixels ? Fault::too_many_pixels : Fault::none;
}

class Square {
 public:
  void begin(unsigned width, unsigned height);  // of the rows that come
  void add(const std::uint8_t* row);            // the next one: RGBA, not premultiplied
  void turn(
      int orientation);  // as EXIF says of it (TIFF 6.0, tag 274): 1 to 8; anything else changes nothing

  bool complete() const { return size_ != 0 && rows_ == size_; }
  unsigned size() const { return size_; }  // pixels a side
  const std::uint8_t* pixels() const { return pixels_.data(); }
  void take(unsigned size, std::vector<std::uint8_t> pixels);  // a square that somebody else made

 private:
  void finish_row();

  unsigned left_ = 0, top_ = 0, factor_ = 1, size_ = 0, seen_ = 0, rows_ = 0;
  std::vector<std::uint32_t> sums_;
  std::vector<std::uint8_t> pixels_;
};

}  // namespace doorward::picture
