// A session cookie's value: of all texts, only a token's own one stands for it.
#include "fuzz.hpp"
#include "records/session.hpp"

using namespace doorward;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text(data, size);
  if (const auto token = records::SessionToken::parse(text)) {
    fuzz::must(token->text() == text, "one spelling");
    fuzz::must(token->hash().bytes().size() == 32, "a digest");
  }
  if (const auto bytes = crypto::from_base64url(text))
    fuzz::must(crypto::base64url(*bytes) == text, "one spelling of bytes");
  return 0;
}
