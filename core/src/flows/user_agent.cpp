#include "flows/user_agent.hpp"

#include <array>
#include <utility>

namespace doorward::flows {
namespace {

using Mark = std::pair<std::string_view, std::string_view>;  // what is written, what it is called

// In this order: many claim to be Chrome, and nearly all to be Safari.
constexpr std::array<Mark, 9> browsers{{{"Edg/", "Edge"},
                                        {"OPR/", "Opera"},
                                        {"SamsungBrowser/", "Samsung Internet"},
                                        {"Firefox/", "Firefox"},
                                        {"FxiOS/", "Firefox"},
                                        {"CriOS/", "Chrome"},
                                        {"Chrome/", "Chrome"},
                                        {"Safari/", "Safari"},
                                        {"curl/", "curl"}}};
constexpr std::array<Mark, 8> systems{{{"iPhone", "iPhone"},
                                       {"iPad", "iPad"},
                                       {"Android", "Android"},
                                       {"Windows", "Windows"},
                                       {"Macintosh", "macOS"},
                                       {"CrOS", "ChromeOS"},
                                       {"Linux", "Linux"},
                                       {"FreeBSD", "FreeBSD"}}};

template <std::size_t n>
std::string first_of(const std::array<Mark, n>& marks, std::string_view header) {
  for (const auto& [mark, name] : marks) {
    if (header.find(mark) != std::string_view::npos) return std::string(name);
  }
  return {};
}

}  // namespace

UserAgent describe_user_agent(std::string_view header) {
  return {first_of(browsers, header), first_of(systems, header)};
}

}  // namespace doorward::flows
