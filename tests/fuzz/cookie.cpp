// A Cookie header: what is found lies inside it and holds no separator.
#include "http/cookies.hpp"

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using doorward::fuzz::holds;
  const std::string_view header = doorward::fuzz::text(data, size);
  for (const bool secure : {true, false})
    for (const std::string& name : doorward::http::CookieNames(secure).all())
      if (const auto value = doorward::http::find_cookie(header, name)) {
        holds(
            value->data() >= header.data() && value->data() + value->size() <= header.data() + header.size(),
            "a cookie lies outside its header");
        holds(value->find(';') == std::string_view::npos, "a cookie holds a separator");
      }
  return 0;
}
