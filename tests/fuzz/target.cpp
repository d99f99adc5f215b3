// What a request to `doorward serve` asks for: the path that is handed on is read as the same path again.
#include "server/target.hpp"

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using doorward::fuzz::must;
  const auto target = doorward::server::parse_target(doorward::fuzz::text(data, size));
  if (!target) return 0;
  for (const std::string& path : {target->path, target->place, target->encoded}) {
    must(path.starts_with('/'), "a path doesn't begin with a slash");
    const std::string closed = path + "/";
    must(path.find("//") == std::string::npos, "a path has an empty part");
    must(closed.find("/./") == std::string::npos && closed.find("/../") == std::string::npos,
         "a path has a dot segment");
    must(path.find('\0') == std::string::npos && path.find('\\') == std::string::npos,
         "a path holds what may not be there");
  }
  must(target->place.find(';') == std::string::npos, "a place has parameters");
  const auto again = doorward::server::parse_target(target->encoded);
  must(again && again->path == target->path && again->place == target->place &&
           again->encoded == target->encoded,
       "what is handed on is read differently");
  return 0;
}
