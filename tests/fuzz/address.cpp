// Client addresses and blocks of them: "<address> <block>". An address lies in the block of itself.
#include "fuzz.hpp"
#include "http/limiter.hpp"

using namespace doorward;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view both = fuzz::text(data, size);
  const std::size_t space = both.find(' ');
  const std::string_view address = both.substr(0, space);
  const std::string_view block =
      space == std::string_view::npos ? std::string_view() : both.substr(space + 1);
  const std::string counted = http::address_block(address);
  fuzz::must(counted.size() == 16 || counted == "unknown", "a block");
  const bool inside = http::address_in(address, block);
  fuzz::must(!inside || counted != "unknown", "only addresses lie in blocks");
  if (counted != "unknown" && address.find('\0') == std::string_view::npos) {
    fuzz::must(http::address_in(address, address), "an address is its own block");
  }
  return 0;
}
