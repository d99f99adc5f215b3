// A form's body: what is accepted is text, and few fields of it.
#include "base/text.hpp"
#include "fuzz.hpp"
#include "http/forms.hpp"

using namespace doorward;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body = fuzz::text(data, size);
  const auto fields = http::parse_form(body);
  if (!fields) {
    fuzz::must(fields.error().status == (size > http::max_form_bytes ? 413 : 400), "refused as it is said");
    return 0;
  }
  fuzz::must(fields->size() <= http::max_form_fields, "few fields");
  for (const std::string_view name : {"email", "password", "a", ""}) {
    const std::string_view value = (*fields)[name];
    fuzz::must(is_utf8(value) && value.find('\0') == std::string_view::npos && value.size() <= size,
               "a text");
  }
  return 0;
}
