// What addresses, paths and names of the site may look like. Everything here ends up in links, headers or mails, so
// that what is unclear is refused rather than repaired.
#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "settings/values.hpp"

namespace doorward::settings {

namespace {

bool is_one_of(char c, std::string_view more) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         more.find(c) != std::string_view::npos;
}

bool consists_of(std::string_view text, std::string_view more) {
  return std::all_of(text.begin(), text.end(), [more](char c) { return is_one_of(c, more); });
}

bool is_ipv4(const std::string& text) {
  in_addr address{};
  return ::inet_pton(AF_INET, text.c_str(), &address) == 1;
}

bool is_ipv6(const std::string& text) {
  in6_addr address{};
  return ::inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "[::1]" || (is_ipv4(host) && host.starts_with("127."));
}

// Browsers read such a host as an address: "127.1", "0x7f.1" (WHATWG URL, "ends in a number").
bool ends_in_number(std::string_view domain) {
  std::string_view last = domain.substr(domain.rfind('.') + 1);
  if (last.find_first_not_of("0123456789") == std::string_view::npos) return true;
  if (!last.starts_with("0x")) return false;
  last.remove_prefix(2);
  return last.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// A host as it stands in a URL, in its canonical form; empty: it isn't one.
std::string canonical_host(const std::string& host) {
  if (host.starts_with('[')) {
    in6_addr address{};
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (!host.ends_with(']') || ::inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &address) != 1)
      return {};
    return "[" + std::string(::inet_ntop(AF_INET6, &address, text.data(), text.size())) + "]";
  }
  if (is_ipv4(host)) return host;
  const auto domain = domain_to_ascii(host);
  return domain && !ends_in_number(*domain) ? *domain : std::string();
}

struct Url {
  bool secure = false;
  std::string host;  // canonical
  std::string port;  // without ":"; empty: the scheme's own
  std::string rest;
};

// Splits "http://HOST[:PORT]REST"; returns what is wrong.
std::string split(const std::string& value, Url& url) {
  const std::size_t scheme = value.find("://");
  const std::string name = ascii_lower(value.substr(0, scheme == std::string::npos ? 0 : scheme));
  if (name != "http" && name != "https") return "must begin with https:// (or http:// on loopback)";
  url.secure = name == "https";
  const std::size_t begin = scheme + 3;
  const std::size_t end = std::min(value.find_first_of("/?#\\", begin), value.size());
  std::string authority = value.substr(begin, end - begin);
  url.rest = value.substr(end);
  if (authority.find('@') != std::string::npos) return "must not hold a user name or password";
  const std::size_t colon = authority.find(':', authority.starts_with('[') ? authority.find(']') : 0);
  if (colon != std::string::npos && colon < authority.size()) {
    url.port = authority.substr(colon + 1);
    authority.resize(colon);
    const auto port = parse_count(url.port);
    if (!port || *port == 0 || *port > 65535) return "has a port that is not a number from 1 to 65535";
    if (*port == (url.secure ? 443U : 80U)) url.port.clear();
  }
  url.host = canonical_host(authority);
  return url.host.empty() ? "has no valid host name or address" : "";
}

std::string check_path(const std::string& value) {
  if (!value.starts_with('/')) return "must begin with /";
  if (!consists_of(value, "/-._~")) return "may hold only letters, digits and / - . _ ~";
  if (value.find("//") != std::string::npos || (value + "/").find("/./") != std::string::npos ||
      (value + "/").find("/../") != std::string::npos)
    return "must be a clean path, without empty parts, . or ..";
  return "";
}

std::string check_protected(const Url& url) {
  return url.secure || is_loopback(url.host)
             ? ""
             : "must be https: http is accepted for localhost, 127.0.0.0/8 and [::1] only";
}

}  // namespace

std::string check_public_url(std::string& value) {
  Url url;
  if (std::string why = split(value, url); !why.empty()) return why;
  if (!url.rest.empty() && url.rest != "/")
    return "must be a scheme and a host only: the path is the setting mount";
  if (std::string why = check_protected(url); !why.empty()) return why;
  value = (url.secure ? "https://" : "http://") + url.host + (url.port.empty() ? "" : ":" + url.port);
  return "";
}

std::string check_mount(std::string& value) {
  if (std::string why = check_path(value); !why.empty()) return why;
  if (value.ends_with('/'))
    return "must name a folder below the site's root, without / at its end: \"/account\"";
  if (value == "/backup-login" || value.starts_with("/backup-login/"))
    return "is taken by the backup sign-in";
  return "";
}

std::string check_home(std::string& value) { return check_path(value); }

std::string check_name(std::string& value) { return trim(value).empty() ? "must not be empty" : ""; }

std::string check_own_or_request(std::string& value) {
  return value == "own" || value == "request" ? "" : "must be own or request";
}

std::string check_email(std::string& value) {
  const std::size_t at = value.rfind('@');
  if (at == std::string::npos || at == 0 || at > 64 || value.size() > 254)
    return "must be an e-mail address: name@example.org";
  const std::string local = value.substr(0, at);
  const bool dots = local.starts_with('.') || local.ends_with('.') || local.find("..") != std::string::npos;
  const auto domain = domain_to_ascii(value.substr(at + 1));
  if (dots || !consists_of(local, "!#$%&'*+-/=?^_`{|}~.") || !domain)
    return "must be an e-mail address: name@example.org";
  value = local + "@" + *domain;
  return "";
}

std::string check_email_or_empty(std::string& value) { return value.empty() ? "" : check_email(value); }

std::string check_url_or_empty(std::string& value) {
  if (value.empty()) return "";
  Url url;
  if (std::string why = split(value, url); !why.empty()) return why;
  return consists_of(url.rest, "/-._~?#%=&+:;,@!$()*'") ? ""
                                                        : "holds characters that a URL may hold only as %XX";
}

std::string check_service_or_empty(std::string& value) {
  if (value.empty()) return "";
  Url url;
  if (std::string why = split(value, url); !why.empty()) return why;
  if (std::string why = check_protected(url); !why.empty()) return why;
  if (!url.rest.ends_with('/')) return "must end in /: five digits of a password's SHA-1 follow it";
  if (std::string why = check_path(url.rest); !why.empty()) return "has a path that " + why;
  return "";
}

std::string check_network(std::string& value) {
  constexpr const char* sentence = "must be an address or a block: 192.0.2.7, 192.0.2.0/24, 2001:db8::/32";
  const std::size_t slash = value.find('/');
  const std::string address = value.substr(0, slash);
  std::array<unsigned char, 16> bytes{};
  const bool four = is_ipv4(address);
  if (!four && !is_ipv6(address)) return sentence;
  if (slash == std::string::npos) return "";
  const auto bits = parse_count(value.substr(slash + 1));
  const std::uint32_t most = four ? 32 : 128;
  if (!bits || *bits > most) return sentence;
  ::inet_pton(four ? AF_INET : AF_INET6, address.c_str(), bytes.data());
  for (std::uint32_t bit = *bits; bit < most; ++bit)
    if ((bytes[bit / 8] >> (7 - bit % 8) & 1) != 0)
      return "has bits set beyond its /" + std::to_string(*bits) + ": which block is meant?";
  return "";
}

std::string check_header(std::string& value) {
  const std::string_view stem =
      std::string_view(value).substr(0, value.size() - (value.ends_with('*') ? 1 : 0));
  if (stem.empty() || !consists_of(stem, "-_"))
    return "must be the name of a header, with * at its end for any ending: X-User, X-Auth-*";
  value = ascii_lower(value);
  std::replace(value.begin(), value.end(), '_', '-');
  return "";
}

std::string check_accept_or_refuse(std::string& value) {
  return value == "accept" || value == "refuse" ? "" : "must be accept or refuse";
}

std::string check_window(std::string& value) {
  if (value == "strict" || value == "default" || value == "wide") return "";
  return "must be strict, default or wide";
}

std::string check_locale(std::string& value) {
  const std::size_t language = value.find_first_of("-_");
  const std::string stem = value.substr(0, language);
  const bool letters = std::all_of(stem.begin(), stem.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  if (stem.size() < 2 || stem.size() > 3 || !letters || !consists_of(value, "-") || value.ends_with('-') ||
      value.size() > 35)
    return "must be a language tag: en, de, pt-BR";
  return "";
}

}  // namespace doorward::settings
