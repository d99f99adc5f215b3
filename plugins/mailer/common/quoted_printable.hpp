// Text of any language as lines of 76 printable ASCII characters at most (RFC 2045 6.7), ended by CRLF. No
// line begins with a dot or with "From ", so that neither SMTP's end of data nor an mbox can be forged from
// within a letter.
#pragma once
#include <string>
#include <string_view>

namespace doorward::mailer {

// `text` is UTF-8, its lines ended by \n or \r\n. Throws sdk::Failure(invalid) naming `what` for a control
// character other than these and tab, a \r alone included.
std::string quoted_printable(std::string_view text, std::string_view what);

}  // namespace doorward::mailer
