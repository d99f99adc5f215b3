// What a lossless WebP (VP8L, RFC 9649 3) asks of its decoder. It may say that each 4 by 4 pixels have Huffman codes of their
// own. libwebp makes tables of all of them before it decodes a pixel: from 300 KB of file, 360 MB of memory. So the way to
// their number is gone here first: past the transforms' pictures, and through the one that says which pixels have which codes.
#include <algorithm>
#include <array>
#include <vector>

#include "decode.hpp"

namespace doorward::picture {
namespace {

constexpr unsigned literals = 256, lengths = 24, distances = 40;
constexpr unsigned longest_code = 15;

struct Damaged {};

class Bits {  // the least significant comes first
 public:
  explicit Bits(std::string_view bytes) : bytes_(bytes) {}

  unsigned bit() {
    const std::size_t byte = at_ / 8;
    if (byte >= bytes_.size()) throw Damaged();
    return static_cast<std::uint8_t>(bytes_[byte]) >> (at_++ % 8) & 1U;
  }
  unsigned number(unsigned count) {
    unsigned value = 0;
    for (unsigned i = 0; i < count; ++i) value |= bit() << i;
    return value;
  }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
};

// A canonical Huffman code, by the length of each symbol's. One of a single symbol takes no bits.
class Code {
 public:
  explicit Code(const std::vector<std::uint8_t>& lengths_of) {
    for (const std::uint8_t length : lengths_of) ++counts_[length];
    counts_[0] = 0;
    std::array<unsigned, longest_code + 1> next{};
    for (unsigned length = 1; length < longest_code; ++length)
      next[length + 1] = next[length] + counts_[length];
    symbols_.resize(next[longest_code] + counts_[longest_code]);
    for (std::size_t symbol = 0; symbol < lengths_of.size(); ++symbol)
      if (lengths_of[symbol] != 0) symbols_[next[lengths_of[symbol]]++] = static_cast<unsigned>(symbol);
    if (symbols_.size() != 1) must_be_complete();
  }

  unsigned next(Bits& bits) const {
    if (symbols_.size() == 1) return symbols_.front();
    unsigned code = 0, first = 0, index = 0;
    for (unsigned length = 1; length <= longest_code; ++length) {
      code |= bits.bit();
      if (code < first + counts_[length]) return symbols_[index + code - first];
      index += counts_[length];
      first = (first + counts_[length]) << 1;
      code <<= 1;
    }
    throw Damaged();
  }

 private:
  void must_be_complete() const {
    unsigned open = 1;
    for (unsigned length = 1; length <= longest_code; ++length) {
      open *= 2;
      if (open < counts_[length]) throw Damaged();
      open -= counts_[length];
    }
    if (open != 0) throw Damaged();
  }

  std::array<unsigned, longest_code + 1> counts_{};
  std::vector<unsigned> symbols_;  // by length
};

// RFC 9649 3.7.2.1.2
std::vector<std::uint8_t> read_lengths(Bits& bits, unsigned alphabet) {
  static constexpr std::array<unsigned, 19> order = {17, 18, 0, 1,  2,  3,  4,  5,  16, 6,
                                                     7,  8,  9, 10, 11, 12, 13, 14, 15};
  std::vector<std::uint8_t> of_lengths(order.size());
  const unsigned given = bits.number(4) + 4;
  for (unsigned i = 0; i < given; ++i) of_lengths[order[i]] = static_cast<std::uint8_t>(bits.number(3));
  const Code code(of_lengths);
  unsigned left = alphabet;
  if (bits.bit() != 0) {
    const unsigned size = 2 + 2 * bits.number(3);
    left = 2 + bits.number(size);
    if (left > alphabet) throw Damaged();
  }
  std::vector<std::uint8_t> all;
  for (std::uint8_t before = 8; all.size() < alphabet && left > 0; --left) {
    const unsigned symbol = code.next(bits);
    if (symbol < 16) {
      all.push_back(static_cast<std::uint8_t>(symbol));
      if (symbol != 0) before = all.back();
      continue;
    }
    const unsigned repeat = symbol == 16   ? 3 + bits.number(2)
                            : symbol == 17 ? 3 + bits.number(3)
                                           : 11 + bits.number(7);
    if (all.size() + repeat > alphabet) throw Damaged();
    all.resize(all.size() + repeat, symbol == 16 ? before : std::uint8_t{0});
  }
  all.resize(alphabet);
  return all;
}

Code read_code(Bits& bits, unsigned alphabet) {
  if (bits.bit() == 0) return Code(read_lengths(bits, alphabet));
  std::vector<std::uint8_t> all(literals);
  const bool two = bits.bit() != 0;
  all[bits.number(bits.bit() != 0 ? 8 : 1)] = 1;
  if (two) all[bits.number(8)] = 1;
  all.resize(alphabet);
  return Code(all);
}

unsigned read_cache_bits(Bits& bits) {
  if (bits.bit() == 0) return 0;
  const unsigned size = bits.number(4);
  if (size < 1 || size > 11) throw Damaged();
  return size;
}

unsigned read_prefixed(Bits& bits, unsigned prefix) {  // 3.7.2.1.3, "length"
  if (prefix < 4) return prefix + 1;
  const unsigned extra = (prefix - 2) >> 1;
  return ((2 + (prefix & 1)) << extra) + bits.number(extra) + 1;
}

// Reads past a picture inside the picture. The greatest number that its red and green make: whatever else a pixel may be is
// one that was there before.
unsigned skip_picture(Bits& bits, std::uint64_t pixels) {
  const unsigned cache_bits = read_cache_bits(bits);
  const unsigned cached = cache_bits == 0 ? 0 : 1U << cache_bits;
  const Code green = read_code(bits, literals + lengths + cached);
  const Code red = read_code(bits, literals), blue = read_code(bits, literals),
             alpha = read_code(bits, literals);
  const Code distance = read_code(bits, distances);
  unsigned greatest = 0;
  for (std::uint64_t done = 0; done < pixels;) {
    const unsigned symbol = green.next(bits);
    if (symbol < literals) {
      greatest = std::max(greatest, red.next(bits) << 8 | symbol);
      blue.next(bits), alpha.next(bits);
      ++done;
    } else if (symbol < literals + lengths) {
      done += read_prefixed(bits, symbol - literals);
      read_prefixed(bits, distance.next(bits));
    } else {
      ++done;
    }
  }
  return greatest;
}

std::uint64_t tiles(std::uint64_t width, std::uint64_t height, unsigned bits) {
  const std::uint64_t side = std::uint64_t{1} << bits;
  return ((width + side - 1) >> bits) * ((height + side - 1) >> bits);
}

// Makes `width` less where several pixels are packed into one.
void skip_transform(Bits& bits, std::uint64_t& width, std::uint64_t height) {
  switch (bits.number(2)) {
    case 0:
    case 1: {
      const unsigned size = bits.number(3) + 2;
      skip_picture(bits, tiles(width, height, size));
      break;
    }
    case 2: break;  // green is taken from the others: nothing to be read
    default: {
      const unsigned colours = bits.number(8) + 1;
      width = tiles(width, 1, colours > 16 ? 0 : colours > 4 ? 1 : colours > 2 ? 2 : 3);
      skip_picture(bits, colours);
    }
  }
}

}  // namespace

unsigned code_groups(std::string_view vp8l, std::uint64_t width, std::uint64_t height) {
  try {
    Bits bits(vp8l);
    for (int transforms = 0; bits.bit() != 0; ++transforms) {
      if (transforms == 4) return 0;
      skip_transform(bits, width, height);
    }
    read_cache_bits(bits);
    if (bits.bit() == 0) return 1;
    const unsigned size = bits.number(3) + 2;
    return skip_picture(bits, tiles(width, height, size)) + 1;
  } catch (const Damaged&) {
    return 0;
  }
}

}  // namespace doorward::picture
