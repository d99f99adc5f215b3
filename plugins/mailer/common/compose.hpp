// A letter as the bytes that travel: RFC 5322 header, and its text alone or with its HTML beside it as
// multipart/alternative. The one place where Doorward's mailers make MIME; what it returns is ASCII, every
// line ends in CRLF and has 998 characters at most (RFC 5322 2.1.1).
#pragma once
#include <doorward/sdk/mailer.hpp>
#include <string>

namespace doorward::mailer {

// The same letter gives the same bytes. Throws sdk::Failure(invalid) for what a letter can't carry.
std::string compose(const sdk::Mail& mail);

// For people who watch a terminal or a file instead of a mailbox: whom it is to, its subject and its text,
// so that its link can be followed. Lines end in \n. Ask compose() first: it refuses what could move a
// terminal's cursor.
std::string readable(const sdk::Mail& mail);

}  // namespace doorward::mailer
