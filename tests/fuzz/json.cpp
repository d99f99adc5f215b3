// A JSON body: refused, or a bounded number of fields.
#include "http/forms.hpp"

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto fields = doorward::http::parse_json(doorward::fuzz::text(data, size));
  if (fields) {
    doorward::fuzz::holds(size <= doorward::http::max_form_bytes, "a body that is too long is read");
    doorward::fuzz::holds(fields->size() <= doorward::http::max_form_fields, "too many fields are read");
  } else {
    doorward::fuzz::holds(fields.error().status >= 400 && fields.error().status < 500,
                          "a refusal isn't the client's fault");
    doorward::fuzz::holds(!fields.error().code.empty(), "a refusal has no code");
  }
  return 0;
}
