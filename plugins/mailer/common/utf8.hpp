// Reading UTF-8 one character at a time, as far as writing a letter needs it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace doorward::mailer {

struct Character {
  std::uint32_t point = 0;
  std::size_t size = 0;  // bytes; 0: not UTF-8 (RFC 3629: no surrogates, no overlong forms)
};

inline Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (text.empty()) return {};
  const std::uint32_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return {};
  std::uint32_t point = lead & (0xffu >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    point = point << 6 | (byte(i) & 0x3fu);
  }
  const bool overlong = (size == 3 && point < 0x800) || (size == 4 && point < 0x10000);
  if (overlong || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return {};
  return {point, size};
}

// C0, DEL, C1, line and paragraph separators: what could end or hide a line somewhere on a letter's way.
inline bool is_control(std::uint32_t point) {
  return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x2028 || point == 0x2029;
}

}  // namespace doorward::mailer
