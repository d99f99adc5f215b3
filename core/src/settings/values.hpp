// How single values are written in doorward.yaml, and read back for `doorward config show`.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace doorward::settings {

// "500ms", "30s", "15m", "24h", "14d": one whole number and one unit. None: not written so, or beyond 100 years.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
std::string format_duration(std::chrono::milliseconds duration);  // the largest unit that fits without a rest

// "512 KiB", "19 MiB", "1 GiB", the space as one likes. None: not written so, or beyond 2^40 KiB. In KiB.
std::optional<std::uint64_t> parse_size(std::string_view text);
std::string format_size(std::uint64_t kib);

// Decimal digits without sign, leading zero or separators, at most 2^32 - 1.
std::optional<std::uint32_t> parse_count(std::string_view text);

// Each of these is a column of the table in keys.cpp: it looks at a text that was given, may write it in its
// canonical form, and returns what is wrong with it as the end of a sentence that begins with the value: `""`
// for nothing.
using Check = std::string (*)(std::string& value);

std::string check_public_url(std::string& value);
std::string check_mount(std::string& value);
std::string check_home(std::string& value);
std::string check_name(std::string& value);  // not empty
std::string check_email(std::string& value);
std::string check_email_or_empty(std::string& value);
std::string check_url_or_empty(std::string& value);      // http or https
std::string check_service_or_empty(std::string& value);  // https, or http on loopback; ends in "/"
std::string check_network(std::string& value);  // an address or a block: "192.0.2.0/24", "2001:db8::/32"
std::string check_header(std::string& value);   // "x-user", "x-auth-*"; lower case afterwards
std::string check_accept_or_refuse(std::string& value);
std::string check_window(std::string& value);  // strict, default or wide
std::string check_own_or_request(std::string& value);
std::string check_locale(std::string& value);  // BCP 47: "en", "pt-BR"

}  // namespace doorward::settings
