// Doorward's cookies: their names, reading them from whatever a client sends, writing them as strictly as browsers allow.
//
// Over https every name has the prefix __Host- (RFC 6265bis 4.1.3.2), so no other host and no http page can set it. Only on
// http, which settings allow on loopback alone, prefix and Secure go.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/request.hpp"

namespace doorward::http {

struct CookieNames {
  explicit CookieNames(bool secure);
  std::string session;  // the session's token
  std::string browser;  // names this browser for CSRF tokens and steps, signed in or not
  std::string device;   // this browser has signed in before: strangers' failures don't count against it
  std::string step;     // a link's token, once it has been taken out of the address
  std::string link;     // the same, of a link that its owner has to be signed in for: it outlasts signing in
  std::string bounce;   // this browser has just been sent back to where it came from: twice is a loop
  std::string trust;    // here an account's second factor isn't asked for, for a while
  std::string notice;   // what the next page says was done, once
  std::vector<std::string> all() const {
    return {session, browser, device, step, link, bounce, trust, notice};
  }
};

// The first cookie of this name in one Cookie header's value; none where it is absent. Linear in the value's length.
std::optional<std::string_view> find_cookie(std::string_view cookie_header, std::string_view name);
std::optional<std::string_view> find_cookie(const Request& request, std::string_view name);

struct Cookie {
  std::string name, value;
  std::optional<std::chrono::seconds> max_age;  // none: until the browser closes; 0: away with it
};
std::string to_header(const Cookie& cookie,
                      bool secure);  // value of Set-Cookie: HttpOnly, SameSite=Lax, Path=/

}  // namespace doorward::http
