#include "flows/user_agent.hpp"

#include <algorithm>
#include <array>

namespace doorward::flows {
namespace {

struct Mark {
  std::string_view written, called;
  std::string_view version;  // what stands before it; empty: `written`
};

// In this order: many claim to be Chrome, and nearly all to be Safari.
constexpr std::array<Mark, 12> browsers{{{"Edg/", "Edge", {}},
                                         {"EdgA/", "Edge", {}},
                                         {"EdgiOS/", "Edge", {}},
                                         {"OPR/", "Opera", {}},
                                         {"SamsungBrowser/", "Samsung Internet", {}},
                                         {"Vivaldi/", "Vivaldi", {}},
                                         {"Firefox/", "Firefox", {}},
                                         {"FxiOS/", "Firefox", {}},
                                         {"CriOS/", "Chrome", {}},
                                         {"Chrome/", "Chrome", {}},
                                         {"Safari/", "Safari", "Version/"},
                                         {"curl/", "curl", {}}}};
struct System {
  std::string_view written, called;
  bool handheld;
};
constexpr std::array<System, 8> systems{{{"iPhone", "iPhone", true},
                                         {"iPad", "iPad", true},
                                         {"Android", "Android", true},
                                         {"Windows", "Windows", false},
                                         {"Macintosh", "macOS", false},
                                         {"CrOS", "ChromeOS", false},
                                         {"Linux", "Linux", false},
                                         {"FreeBSD", "FreeBSD", false}}};

// "128" of "Firefox/128.0": more than that tells nobody anything. Empty: no number of one to four digits stands there.
std::string_view major_version(std::string_view header, std::string_view before) {
  const std::size_t at = header.find(before);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = header.substr(at + before.size());
  const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
  return digits <= 4 ? rest.substr(0, digits) : std::string_view();
}

}  // namespace

UserAgent describe_user_agent(std::string_view header) {
  UserAgent agent;
  const auto stands = [&](const auto& mark) { return header.find(mark.written) != std::string_view::npos; };
  if (const auto* mark = std::find_if(browsers.begin(), browsers.end(), stands); mark != browsers.end()) {
    agent.browser = mark->called;
    const auto version = major_version(header, mark->version.empty() ? mark->written : mark->version);
    if (!version.empty()) agent.browser += " " + std::string(version);
  }
  if (const auto* system = std::find_if(systems.begin(), systems.end(), stands); system != systems.end()) {
    agent.system = system->called;
    agent.handheld = system->handheld;
  }
  return agent;
}

}  // namespace doorward::flows
