// A form with a file (multipart/form-data, RFC 7578), as browsers send it and no looser: named texts, each once, and one file at
// most. What mail would allow besides is refused: parts in parts, encodings, folded headers, anything before or after.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "http/forms.hpp"

namespace doorward::http {

inline constexpr std::size_t max_file_megabytes = 2;  // as people say it: of 1024 times 1024 bytes
inline constexpr std::size_t max_file_bytes = max_file_megabytes * 1024 * 1024;
inline constexpr std::size_t max_upload_bytes =
    max_file_bytes + max_form_bytes;  // a body: the file and the texts

struct Upload {
  Fields fields;
  std::string file_field;  // the name of the file's part; empty: there is none
  std::optional<std::string_view>
      file;  // its bytes, borrowed from the body; what it is called is looked at and forgotten
};

// The `boundary` of a Content-Type, RFC 2046 5.1.1. None: it has none, several, or one that it may not have.
std::optional<std::string> multipart_boundary(std::string_view content_type);

// Refused with "bad_request" (400); "too_large" (413) where body, file or texts are.
Result<Upload> parse_multipart(std::string_view body, std::string_view content_type);

}  // namespace doorward::http
