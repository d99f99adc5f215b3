#include "pages/script.hpp"

#include <algorithm>

namespace doorward::pages {

std::string squeezed_script(std::string_view script) {
  const bool has_more_than_lines =
      script.find('`') != std::string_view::npos || script.find("/*") != std::string_view::npos ||
      script.find("\\\n") != std::string_view::npos || script.find("\\\r") != std::string_view::npos;
  if (has_more_than_lines) return std::string(script);
  std::string out;
  while (!script.empty()) {
    std::string_view line = script.substr(0, script.find('\n'));
    script.remove_prefix(std::min(line.size() + 1, script.size()));
    line.remove_prefix(std::min(line.find_first_not_of(" \t\r"), line.size()));
    if (!line.empty() && !line.starts_with("//")) out.append(line).append("\n");
  }
  return out;
}

}  // namespace doorward::pages
