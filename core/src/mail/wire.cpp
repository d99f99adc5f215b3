#include "mail/wire.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace doorward::mail {
namespace {

std::size_t character_size(char lead) {  // of text that is UTF-8
  const auto byte = static_cast<unsigned char>(lead);
  return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

std::string without_controls(std::string_view text, std::string_view kept) {
  std::string out;
  if (!is_utf8(text)) return out;
  while (!text.empty()) {
    const auto character = text.substr(0, character_size(text[0]));
    const bool keep = kept.find(character) != std::string_view::npos || !has_control(character);
    out += keep ? character : std::string_view(" ");
    text.remove_prefix(character.size());
  }
  return out;
}

}  // namespace

std::string one_line(std::string_view text) { return std::string(trim(without_controls(text, ""))); }

std::string lines(std::string_view text) {
  std::string unix_lines;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) != "\r\n") unix_lines += text[i];
  }
  return without_controls(unix_lines, "\t\n");
}

std::optional<std::string> wire_address(std::string_view address) {
  const auto at = address.rfind('@');
  if (at == std::string_view::npos) return std::nullopt;
  const auto domain = domain_to_ascii(address.substr(at + 1));
  if (!domain) return std::nullopt;
  return std::string(address.substr(0, at + 1)) + *domain;
}

std::string message_id(std::string_view id, std::string_view host) {
  const auto colon = host.rfind(':');
  const bool has_port = colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos;
  return "<" + std::string(id) + "@" + std::string(has_port ? host.substr(0, colon) : host) + ">";
}

}  // namespace doorward::mail
