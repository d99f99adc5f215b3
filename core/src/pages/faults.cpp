#include "pages/faults.hpp"

#include <algorithm>
#include <numeric>

#include "base/errors.hpp"

namespace doorward::pages {
namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

void Faults::add(std::string_view file, int line, int column, std::string_view sentence) {
  std::string text(file);
  if (line > 0) text += ":" + std::to_string(line);
  if (line > 0 && column > 0) text += ":" + std::to_string(column);
  text += ": ";
  text += sentence;
  // A part is read once for every page that includes it; its fault is said once.
  if (std::find(lines_.begin(), lines_.end(), text) == lines_.end()) lines_.push_back(std::move(text));
}

void Faults::raise() const {
  if (lines_.empty()) return;
  std::string all;
  for (const auto& line : lines_) all += (all.empty() ? "" : "\n") + line;
  throw BadSettings(all);
}

std::string near_name(std::string_view wrong, const std::vector<std::string>& known) {
  if (wrong.size() > 100) return {};
  std::size_t best = std::max<std::size_t>(2, wrong.size() / 4) + 1;
  std::string_view found;
  for (const auto& name : known) {
    const std::size_t distance = edit_distance(wrong, name);
    if (distance < best && distance > 0) {
      best = distance;
      found = name;
    }
  }
  return found.empty() ? std::string() : " Did you mean " + std::string(found) + "?";
}

}  // namespace doorward::pages
