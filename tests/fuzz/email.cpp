// E-mail addresses: an accepted one is in its canonical form, and fits into a header.
#include "records/email.hpp"

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using doorward::fuzz::holds;
  const auto email = doorward::records::CanonicalEmail::parse(doorward::fuzz::text(data, size));
  if (!email) return 0;
  const std::string& address = email->address();
  holds(address.size() <= 254 && address.find('@') != std::string::npos, "it is no address");
  for (const char c : address)
    holds(c > ' ' && c < 0x7f && c != ',' && c != '<' && c != '>' && c != '"',
          "it would be more than one in a header");
  const auto again = doorward::records::CanonicalEmail::parse(address);
  holds(again && again->key() == email->key() && again->address() == address,
        "it isn't the same a second time");
  return 0;
}
