// An e-mail address: what is accepted is plain ASCII that no mail header can be broken with, and stays what it is.
#include "base/text.hpp"
#include "fuzz.hpp"
#include "records/account.hpp"
#include "records/email.hpp"

using namespace doorward;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view typed = fuzz::text(data, size);
  if (const auto email = records::CanonicalEmail::parse(typed)) {
    for (const char c : email->address())
      fuzz::must(c > 0x20 && c < 0x7f && c != '<' && c != '>' && c != ',' && c != ';' && c != '"', "plain");
    fuzz::must(email->key().size() <= 254 && email->local_part().size() <= 64 && !email->domain().empty(),
               "in bounds");
    fuzz::must(ascii_lower(email->address()) == email->key(), "address and key are one");
    const auto again = records::CanonicalEmail::parse(email->address());
    fuzz::must(again && again->key() == email->key(), "canonical stays canonical");
  }
  const std::string name = records::login_key(typed);
  fuzz::must(name.find('@') == std::string::npos, "a login name is no address");
  fuzz::must(name.empty() || is_utf8(name), "a login name is text");
  return 0;
}
