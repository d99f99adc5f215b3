// Where a person goes on to: a path of this site, as every browser reads it.
#include "http/return_to.hpp"

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using doorward::fuzz::holds;
  const auto there = doorward::http::ReturnTo::parse(doorward::fuzz::text(data, size));
  if (!there) return 0;
  const std::string& path = there->str();
  holds(path.starts_with('/'), "it isn't a path");
  holds(path.size() < 2 || (path[1] != '/' && path[1] != '\\'), "it names another host");
  for (const char c : path)
    holds(c > ' ' && c < 0x7f && c != '\\', "it holds what browsers drop or turn round");
  const auto again = doorward::http::ReturnTo::parse(path);
  holds(again && again->str() == path, "it isn't accepted again as it is");
  return 0;
}
