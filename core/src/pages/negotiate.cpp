#include "pages/negotiate.hpp"

#include <optional>

#include "base/text.hpp"

namespace doorward::pages {
namespace {

constexpr std::size_t longest_header = 1000;

// Thousandths; a weight that can't be read counts as 0, which asks for nothing.
int weight_of(std::string_view parameters) {
  const std::string text = ascii_lower(trim(parameters));
  if (text.empty()) return 1000;
  if (!text.starts_with("q=") || text.size() < 3 || text.size() > 7) return 0;
  const std::string_view value = std::string_view(text).substr(2);
  if ((value[0] != '0' && value[0] != '1') || (value.size() > 1 && value[1] != '.')) return 0;
  int weight = (value[0] - '0') * 1000;
  int step = 100;
  for (std::size_t i = 2; i < value.size(); ++i, step /= 10) {
    if (value[i] < '0' || value[i] > '9') return 0;
    weight += (value[i] - '0') * step;
  }
  return weight > 1000 ? 0 : weight;
}

const std::string* look_up(std::string range, const std::vector<std::string>& offered) {
  while (!range.empty()) {
    for (const auto& locale : offered) {
      if (ascii_lower(locale) == range) return &locale;
    }
    const std::size_t dash = range.rfind('-');
    range.erase(dash == std::string::npos ? 0 : dash);
    if (range.size() > 2 && range[range.size() - 2] == '-')
      range.erase(range.size() - 2);  // a single letter goes too
  }
  return nullptr;
}

}  // namespace

std::string negotiate_locale(std::string_view accept_language, const std::vector<std::string>& offered) {
  std::string_view rest = accept_language.substr(0, longest_header);
  const std::string* best = nullptr;
  int best_weight = 0;
  while (!rest.empty()) {
    const std::string_view item = rest.substr(0, rest.find(','));
    rest.remove_prefix(item.size() < rest.size() ? item.size() + 1 : item.size());
    const std::size_t semicolon = item.find(';');
    const int weight =
        weight_of(semicolon == std::string_view::npos ? std::string_view() : item.substr(semicolon + 1));
    if (weight <= best_weight) continue;
    const std::string range = ascii_lower(trim(item.substr(0, semicolon)));
    const std::string* found = range == "*" ? &offered.front() : look_up(range, offered);
    if (found == nullptr) continue;
    best = found;
    best_weight = weight;
  }
  return best != nullptr ? *best : offered.front();
}

}  // namespace doorward::pages
