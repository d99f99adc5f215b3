#include "options.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <string_view>

namespace doorward::smtp {
namespace {

constexpr sdk::Setting declared[] = {
    sdk::text_setting("host", nullptr, "Name or address of the mail server that takes the letters"),
    sdk::number_setting("port", "0", "Its port; 0: 587 with starttls, 465 with tls, 25 with none"),
    sdk::text_setting(
        "security", "starttls",
        "How the connection is protected; none is accepted for this machine's own addresses only",
        "none|starttls|tls"),
    sdk::text_setting("user", "", "Account at the mail server; empty: none is needed"),
    sdk::secret_setting("password", "", "Its password"),
    sdk::path_setting(
        "tls.ca", "",
        "PEM file of the authorities that may have signed the server's certificate; empty: the system's"),
    sdk::text_setting("ehlo", "", "The name this machine gives itself in EHLO; empty: its host name"),
    sdk::number_setting("timeout.connect", "10",
                        "Seconds to connect in, TLS included; the whole letter has the engine's deadline"),
    sdk::number_setting("timeout.keep", "60",
                        "Seconds an idle connection is kept for the next letter; 0: each letter has its own"),
};

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= 253 && name.front() != '-' && name.front() != '.' &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                  c == '.';
         });
}

bool is_address6(const std::string& host) {
  in6_addr address;
  return ::inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

class Faults {
 public:
  void add(const std::string& sentence) { text_ += (text_.empty() ? "" : "\n") + sentence; }
  void raise() const {
    if (!text_.empty()) throw sdk::Failure(sdk::Status::invalid, text_);
  }
  std::int64_t number(const sdk::Settings& settings, std::string_view key, std::int64_t least,
                      std::int64_t most) {
    try {
      return settings.number(key, least, most);
    } catch (const sdk::Failure& failure) {
      add(failure.what());
      return least;
    }
  }

 private:
  std::string text_;
};

Security security_of(std::string_view word) {
  return word == "none" ? Security::none : word == "tls" ? Security::tls : Security::starttls;
}

std::uint16_t usual_port(Security security) {
  return security == Security::none ? 25 : security == Security::tls ? 465 : 587;
}

}  // namespace

std::span<const sdk::Setting> declared_options() { return declared; }

bool is_loopback(const std::string& host) {
  in_addr address4;
  if (::inet_pton(AF_INET, host.c_str(), &address4) == 1) return (ntohl(address4.s_addr) >> 24) == 127;
  in6_addr address6;
  if (::inet_pton(AF_INET6, host.c_str(), &address6) == 1) return IN6_IS_ADDR_LOOPBACK(&address6);
  return host == "localhost";
}

Options read_options(const sdk::Settings& settings) {
  Faults faults;
  Options out;
  out.host = settings.text("host");
  if (!is_name(out.host) && !is_address6(out.host))
    faults.add("host: \"" + out.host + "\" is neither a host name nor an address");
  out.security = security_of(settings.text("security"));
  if (out.security == Security::none && !is_loopback(out.host))
    faults.add(
        "security: none is accepted for 127.0.0.0/8, ::1 and localhost only; the letters hold links that "
        "sign people in");
  out.port = static_cast<std::uint16_t>(faults.number(settings, "port", 0, 65535));
  if (out.port == 0) out.port = usual_port(out.security);
  out.user = settings.text("user");
  out.password = settings.secret("password");
  if (out.user.empty() != out.password.empty())
    faults.add("user and password are given together or not at all");
  if (has_control(out.user)) faults.add("user: holds a control character");
  if (has_control(out.password))
    faults.add("password: holds a control character; a file with a password has it in one line");
  out.ca_file = settings.path("tls.ca");
  out.ehlo = settings.text("ehlo");
  if (!out.ehlo.empty() && !is_name(out.ehlo)) faults.add("ehlo: \"" + out.ehlo + "\" is not a host name");
  out.connect_timeout = std::chrono::seconds(faults.number(settings, "timeout.connect", 1, 300));
  out.keep = std::chrono::seconds(faults.number(settings, "timeout.keep", 0, 3600));
  faults.raise();
  return out;
}

std::string Options::url() const {
  const std::string scheme = security == Security::tls ? "smtps://" : "smtp://";
  const std::string authority = is_address6(host) ? "[" + host + "]" : host;
  return scheme + authority + ":" + std::to_string(port) + "/" + ehlo;
}

}  // namespace doorward::smtp
