// A form with a file: the first line is its Content-Type, the rest its body. What is accepted is within its limits, and
// every byte of the file is one of the body's.
#include "base/text.hpp"
#include "fuzz.hpp"
#include "http/multipart.hpp"

using namespace doorward;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = fuzz::text(data, size);
  const std::size_t line = input.find('\n');
  if (line == std::string_view::npos) return 0;
  const std::string_view body = input.substr(line + 1);
  const auto upload = http::parse_multipart(body, input.substr(0, line));
  if (!upload) {
    fuzz::must(upload.error().status == 400 || upload.error().status == 413, "refused as it is said");
    return 0;
  }
  fuzz::must(upload->fields.size() <= http::max_form_fields, "few fields");
  fuzz::must(upload->file.has_value() == !upload->file_field.empty(), "a file has a name");
  if (upload->file) {
    const std::string_view file = *upload->file;
    fuzz::must(file.size() <= http::max_file_bytes, "a short file");
    fuzz::must(file.data() >= body.data() && file.data() + file.size() <= body.data() + body.size(),
               "within the body");
    fuzz::must(!upload->fields.has(upload->file_field), "one reading of each name");
  }
  for (const std::string_view name : {"csrf", "a", ""}) {
    const std::string_view value = upload->fields[name];
    fuzz::must(is_utf8(value) && value.find('\0') == std::string_view::npos && value.size() <= size,
               "a text");
  }
  return 0;
}
