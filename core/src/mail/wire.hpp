// Makes what people wrote fit for a letter: a name with a line break in it must not become a header field
// (T221), and must not keep the letter from being sent either.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace doorward::mail {

std::string one_line(
    std::string_view text);  // control characters and bidi overrides become spaces; not UTF-8: empty
std::string lines(std::string_view text);  // the same but for tab and \n; \r\n becomes \n
std::optional<std::string> wire_address(
    std::string_view address);  // its domain as A-labels; none: it has no domain

// "<id@host>". `host` is that of the site's public address; its port goes.
std::string message_id(std::string_view id, std::string_view host);

}  // namespace doorward::mail
