// A browser's name and system, as a person would say them, from its User-Agent. For showing only: it is what the browser claims.
#pragma once
#include <string>
#include <string_view>

namespace doorward::flows {

struct UserAgent {
  std::string browser;    // "Firefox 128"; empty: not one we know
  std::string system;     // "Windows"; empty: not one we know
  bool handheld = false;  // a telephone or a tablet
};

UserAgent describe_user_agent(std::string_view header);

}  // namespace doorward::flows
