// A Cookie header: what is found lies within it and belongs to the whole name.
#include "fuzz.hpp"
#include "http/cookies.hpp"

using namespace doorward;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view header = fuzz::text(data, size);
  for (const std::string_view name : {"__Host-doorward", "a"}) {
    const auto found = http::find_cookie(header, name);
    if (!found) continue;
    fuzz::must(
        found->data() >= header.data() && found->data() + found->size() <= header.data() + header.size(),
        "within the header");
    fuzz::must(found->find(';') == std::string_view::npos, "one cookie only");
    const auto before = static_cast<std::size_t>(found->data() - header.data());
    fuzz::must(before > name.size() && header.substr(before - name.size() - 1, name.size()) == name,
               "of this name");
  }
  return 0;
}
