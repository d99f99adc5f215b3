#include "settings/faults.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace doorward::settings {

namespace {

constexpr std::size_t most_faults = 100;

std::string where(const Place& place) {
  std::string text = place.file;
  if (place.line > 0) text += ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
  return text;
}

}  // namespace

void Faults::add(const Place& place, std::string sentence) {
  faults_.push_back({place, std::move(sentence)});
}

std::string Faults::text() const {
  std::vector<std::string> files;  // in the order in which they were first complained about
  const auto rank = [&files](const std::string& file) {
    const auto found = std::find(files.begin(), files.end(), file);
    if (found != files.end()) return found - files.begin();
    files.push_back(file);
    return static_cast<std::ptrdiff_t>(files.size()) - 1;
  };
  for (const Fault& fault : faults_) rank(fault.place.file);

  std::vector<Fault> sorted = faults_;
  std::stable_sort(sorted.begin(), sorted.end(), [&rank](const Fault& a, const Fault& b) {
    const auto a_file = rank(a.place.file), b_file = rank(b.place.file);
    if (a_file != b_file) return a_file < b_file;
    if (a.place.line != b.place.line) return a.place.line < b.place.line;
    return a.place.column < b.place.column;
  });

  std::vector<std::string> lines;
  for (const Fault& fault : sorted) {
    const std::string line = where(fault.place) + ": " + escape_line(fault.sentence);
    if (lines.empty() || lines.back() != line) lines.push_back(line);
  }
  std::string text;
  for (std::size_t i = 0; i < lines.size() && i < most_faults; ++i) {
    if (i > 0) text += '\n';
    text += lines[i];
  }
  if (lines.size() > most_faults) text += "\nand " + std::to_string(lines.size() - most_faults) + " more";
  return text;
}

std::string quoted(std::string_view text) {
  constexpr std::size_t most = 80;
  std::string shown(text.substr(0, most));
  while (shown.size() < text.size() && !shown.empty() && !is_utf8(shown)) shown.pop_back();
  return "\"" + escape_line(shown) + (shown.size() < text.size() ? "..." : "") + "\"";
}

}  // namespace doorward::settings
