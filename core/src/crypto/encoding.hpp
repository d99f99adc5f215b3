// Bytes as text: base64url without padding (RFC 4648 5) and hexadecimal.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace doorward::crypto {

std::string base64url(std::string_view bytes);
std::optional<std::string> from_base64url(std::string_view text);  // the one canonical spelling only
std::string hex(std::string_view bytes);

}  // namespace doorward::crypto
