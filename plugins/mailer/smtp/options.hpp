// What doorward.yaml says about the SMTP server, checked.
#pragma once
#include <chrono>
#include <cstdint>
#include <doorward/sdk/plugin.hpp>
#include <span>
#include <string>

namespace doorward::smtp {

enum class Security { none, starttls, tls };

struct Options {
  std::string host;  // a name, or an address without brackets
  std::uint16_t port = 0;
  Security security = Security::starttls;
  std::string user, password;  // both, or neither
  std::string ca_file;         // PEM; empty: the system's
  std::string ehlo;            // empty: the machine's name
  std::chrono::milliseconds connect_timeout{0};
  std::chrono::seconds keep{0};  // how long an idle connection is used again; 0: never

  std::string url() const;  // "smtp://mail.example.org:587/ehlo.example.org"
};

std::span<const sdk::Setting> declared_options();

// Throws sdk::Failure(invalid) with every fault, one a line.
Options read_options(const sdk::Settings& settings);

// "localhost", 127.0.0.0/8, ::1: the only hosts that may be spoken to without TLS.
bool is_loopback(const std::string& host);

}  // namespace doorward::smtp
