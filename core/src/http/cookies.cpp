#include "http/cookies.hpp"

#include "base/text.hpp"

namespace doorward::http {

CookieNames::CookieNames(bool secure) {
  const std::string prefix = secure ? "__Host-doorward" : "doorward";
  session = prefix;
  browser = prefix + "-browser";
  device = prefix + "-device";
  step = prefix + "-step";
  link = prefix + "-link";
  bounce = prefix + "-bounce";
  trust = prefix + "-trust";
  notice = prefix + "-notice";
}

namespace {

// Space and tab, no other white space: what adapters/embedding/surface takes out of what goes to applications has to be all
// that signs anybody in.
std::string_view trim_blanks(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

}  // namespace

std::optional<std::string_view> find_cookie(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    const std::size_t end = header.find(';');
    const std::string_view pair = trim_blanks(header.substr(0, end));
    if (pair.size() > name.size() && pair[name.size()] == '=' && pair.starts_with(name)) {
      return pair.substr(name.size() + 1);
    }
    if (end == std::string_view::npos) break;
    header.remove_prefix(end + 1);
  }
  return std::nullopt;
}

std::optional<std::string_view> find_cookie(const Request& request, std::string_view name) {
  for (const auto& [header, value] : request.headers) {
    if (!same_ignoring_case(header, "cookie")) continue;
    if (const auto found = find_cookie(value, name)) return found;
  }
  return std::nullopt;
}

std::string to_header(const Cookie& cookie, bool secure) {
  std::string out = cookie.name + "=" + cookie.value + "; Path=/; HttpOnly; SameSite=Lax";
  if (secure) out += "; Secure";
  if (cookie.max_age) out += "; Max-Age=" + std::to_string(cookie.max_age->count());
  return out;
}

}  // namespace doorward::http
