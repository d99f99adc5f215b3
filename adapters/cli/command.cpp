#include "cli/command.hpp"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/text.hpp"

namespace doorward::cli {

void Command::say_json(const nlohmann::json& value) const {
  const std::string text = value.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  std::fwrite(text.data(), 1, text.size(), stdout);
}

void Command::say(std::string_view line) const {
  const std::string text = escape_line(line) + "\n";
  std::fwrite(text.data(), 1, text.size(), stdout);
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], code_points(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += escape_line(row[i]);
      if (i + 1 < row.size())
        text += std::string(widths[i] - std::min(widths[i], code_points(row[i])) + 2, ' ');
    }
    text += '\n';
  }
  return text;
}

}  // namespace doorward::cli
