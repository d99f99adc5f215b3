// What is looked at in a sent picture before a library decodes it: its first byte says as what. A JPEG's segments, and the way
// to the codes of a lossless WebP, whose width and height are the next two.
#include <picture/decode.hpp>

#include "fuzz.hpp"

using namespace doorward;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const std::string_view rest = fuzz::text(data, size).substr(1);
  if (data[0] == 'J') {
    const picture::Segments found = picture::look_at_segments(rest);
    fuzz::must(found.scans <= 1000, "few segments");
    fuzz::must(found.fault == picture::Fault::none || found.scans == 0, "nothing is said of what is refused");
  } else {
    const unsigned groups = picture::code_groups(rest.substr(2), data[1] + 1U, data[2] + 1U);
    fuzz::must(groups <= 65536, "sixteen bits");
  }
  return 0;
}
