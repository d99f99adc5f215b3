#include "square.hpp"

#include <algorithm>
#include <array>

namespace doorward::picture {

void Square::begin(unsigned width, unsigned height) {
  const unsigned crop = std::min(width, height);
  left_ = (width - crop) / 2;
  top_ = (height - crop) / 2;
  factor_ = std::max(1U, crop / final_side);
  size_ = crop / factor_;
  seen_ = rows_ = 0;
  sums_.assign(std::size_t{size_} * 4, 0);
  pixels_.assign(std::size_t{size_} * size_ * 4, 0);
}

void Square::add(const std::uint8_t* row) {
  const unsigned y = seen_++;
  if (y < top_ || rows_ == size_) return;
  const std::uint8_t* pixel = row + std::size_t{left_} * 4;
  for (unsigned x = 0; x < size_; ++x) {
    std::uint32_t* sum = &sums_[std::size_t{x} * 4];
    for (unsigned i = 0; i < factor_; ++i, pixel += 4) {
      const std::uint32_t alpha = pixel[3];
      for (unsigned c = 0; c < 3; ++c) sum[c] += pixel[c] * alpha;
      sum[3] += alpha;
    }
  }
  if ((y - top_ + 1) % factor_ == 0) finish_row();
}

void Square::finish_row() {
  std::uint8_t* out = &pixels_[std::size_t{rows_++} * size_ * 4];
  for (std::size_t x = 0; x < size_; ++x, out += 4) {
    const std::uint32_t* sum = &sums_[x * 4];
    const std::uint32_t alpha = sum[3];
    for (unsigned c = 0; c < 3; ++c) out[c] = static_cast<std::uint8_t>(alpha == 0 ? 0 : sum[c] / alpha);
    out[3] = static_cast<std::uint8_t>(alpha / (factor_ * factor_));
  }
  std::fill(sums_.begin(), sums_.end(), 0);
}

// The camera's top is on the `orientation` side: 2 to 4 mirror and turn round, 5 to 8 exchange rows and columns as well.
void Square::turn(int orientation) {
  if (orientation < 2 || orientation > 8) return;
  const bool exchanged = orientation >= 5;
  const bool from_right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool from_below = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  std::vector<std::uint8_t> turned(pixels_.size());
  for (unsigned y = 0; y < size_; ++y) {
    for (unsigned x = 0; x < size_; ++x) {
      unsigned from_x = exchanged ? y : x;
      unsigned from_y = exchanged ? x : y;
      if (from_right) from_x = size_ - 1 - from_x;
      if (from_below) from_y = size_ - 1 - from_y;
      const std::uint8_t* from = &pixels_[(std::size_t{from_y} * size_ + from_x) * 4];
      std::copy_n(from, 4, &turned[(std::size_t{y} * size_ + x) * 4]);
    }
  }
  pixels_ = std::move(turned);
}

void Square::take(unsigned size, std::vector<std::uint8_t> pixels) {
  size_ = rows_ = size;
  pixels_ = std::move(pixels);
}

}  // namespace doorward::picture
