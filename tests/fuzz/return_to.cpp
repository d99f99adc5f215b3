// An address to go on to: what is accepted is, to a browser too, a path of this site.
#include "fuzz.hpp"
#include "http/return_to.hpp"

using namespace doorward;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text(data, size);
  const auto parsed = http::ReturnTo::parse(text);
  if (parsed) {
    const std::string& path = parsed->str();
    fuzz::must(path == text, "as it came");
    fuzz::must(path.size() <= 2048 && path[0] == '/', "a path");
    // A browser takes a backslash for a slash, and leaves tabs and line ends out (WHATWG URL 4.4).
    fuzz::must(path.size() == 1 || (path[1] != '/' && path[1] != '\\'), "not another's site");
    for (const char c : path)
      fuzz::must(c > 0x20 && c < 0x7f && c != '\\' && c != '"' && c != '<' && c != '>', "clean");
  }
  const std::string escaped = http::query_escape(text);
  fuzz::must(escaped.find_first_of("&=?#/ \r\n\"'<>") == std::string::npos, "escaped");
  return 0;
}
