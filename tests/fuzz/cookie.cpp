// A Cookie header: what is found lies within it and belongs to the whole name; and what signs somebody in is always what web
// servers take out of what goes to applications.
#include "embedding/surface.hpp"
#include "embedding/text.hpp"
#include "fuzz.hpp"
#include "http/cookies.hpp"

#include <string>

using namespace doorward;

namespace {

void stays_here(std::string_view header, std::string_view name) {
  const doorward_text ours[] = {embedding::text(name)};
  doorward_surface described{};
  described.size = sizeof described;
  described.cookies = ours;
  described.cookie_count = 1;
  const embedding::Surface surface(described);
  fuzz::must(surface.look_at_cookies(header).ours, "known as Doorward's");
  std::string rest(header.size(), '\0');
  rest.resize(surface.without_own_cookies(header, rest.data()));
  fuzz::must(!http::find_cookie(rest, name), "taken out");
}

}  // namespace

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
    stays_here(header, name);
  }
  return 0;
}
