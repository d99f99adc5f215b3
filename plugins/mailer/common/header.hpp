// One header field of a letter: what may stand in it, how it is encoded, and where it is folded (RFC 5322
// 2.2.3, RFC 2047). Everything comes out as ASCII in lines of 76 characters at most, as far as what has no
// place to break allows it; whatever could end a line is refused, never repaired.
#pragma once
#include <string>
#include <string_view>

namespace doorward::mailer {

// Throws sdk::Failure(invalid) naming `what` if `text` isn't UTF-8 or holds a control character.
void require_line(std::string_view text, std::string_view what);

// `address` as it stands between < and >, in the envelope and in the header: checked to be a local part of
// printable ASCII without specials (WHATWG HTML's e-mail grammar), "@" and a domain of A-labels; a local
// part that is no dot-atom ("a..b") is quoted. Throws sdk::Failure(invalid) naming `what`.
std::string addr_spec(std::string_view address, std::string_view what);

class Field {
 public:
  explicit Field(std::string_view name);
  Field& token(
      std::string_view token);          // ASCII without white space to break at; set off by a space or a fold
  Field& text(std::string_view value);  // unstructured: as it is, or as encoded words
  Field& mailbox(std::string_view name, std::string_view addr_spec);  // name may be empty
  std::string line() const;                                           // with its final CRLF

 private:
  void encoded_words(std::string_view value);

  std::string out_;
  std::size_t column_;
};

}  // namespace doorward::mailer
