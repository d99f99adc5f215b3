#include "http/multipart.hpp"

#include <string.h>

#include <algorithm>

#include "base/text.hpp"

namespace doorward::http {
namespace {

constexpr std::size_t max_file_name = 255;  // characters
constexpr std::size_t max_file_name_bytes = 4 * max_file_name;
constexpr std::size_t max_head_bytes = 1024 + max_file_name_bytes;  // of a part

tl::unexpected<Refusal> bad_request() { return refuse("bad_request", {}, 400); }

// In time that grows with the length of the text only, whatever stands in it.
std::size_t find(std::string_view text, std::string_view wanted) {
  const void* found = ::memmem(text.data(), text.size(), wanted.data(), wanted.size());
  return found == nullptr ? std::string_view::npos : static_cast<const char*>(found) - text.data();
}

bool is_boundary_character(char c) {
  const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return plain || std::string_view("'()+_,-./:=?").find(c) != std::string_view::npos;
}

struct Parameter {
  std::string name;  // lower case
  std::string value;
};

// `; name="value"` or `; name=token`, taken from the front of `rest`. A quoted value has no escapes: browsers write %22.
std::optional<Parameter> take_parameter(std::string_view& rest) {
  const std::size_t equals = rest.find('=');
  if (!rest.starts_with(';') || equals == std::string_view::npos) return std::nullopt;
  Parameter parameter{ascii_lower(trim(rest.substr(1, equals - 1))), {}};
  rest.remove_prefix(equals + 1);
  if (rest.starts_with('"')) {
    const std::size_t end = rest.find('"', 1);
    if (end == std::string_view::npos) return std::nullopt;
    parameter.value = rest.substr(1, end - 1);
    rest = trim(rest.substr(end + 1));
    if (!rest.empty() && !rest.starts_with(';')) return std::nullopt;
  } else {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    parameter.value = trim(rest.substr(0, end));
    rest.remove_prefix(end);
    if (parameter.value.empty() || parameter.value.find_first_of("\" \t") != std::string::npos)
      return std::nullopt;
  }
  return parameter;
}

struct Head {
  std::string name;
  bool is_file = false;
};

// What some systems open instead of a file, whatever comes behind a dot.
bool is_device(std::string_view name) {
  const std::string stem = ascii_lower(trim(name.substr(0, name.find('.'))));
  if (stem == "con" || stem == "prn" || stem == "aux" || stem == "nul") return true;
  return stem.size() == 4 && (stem.starts_with("com") || stem.starts_with("lpt")) && stem[3] >= '1' &&
         stem[3] <= '9';
}

// It is used for nothing, so that any name that a file has everywhere will do, and none that leads elsewhere.
bool is_file_name(std::string_view name) {
  return name.size() <= max_file_name_bytes && code_points(name) <= max_file_name && !has_control(name) &&
         name.find_first_of("/\\") == std::string_view::npos && name != "." && name != ".." &&
         !is_device(name);
}

bool read_disposition(std::string_view value, Head& head) {
  const std::size_t end = std::min(value.find(';'), value.size());
  if (ascii_lower(trim(value.substr(0, end))) != "form-data") return false;
  value.remove_prefix(end);
  while (!value.empty()) {
    const auto parameter = take_parameter(value);
    if (!parameter) return false;
    if (parameter->name == "name" && head.name.empty()) {
      head.name = parameter->value;
    } else if (parameter->name == "filename" && !head.is_file && is_file_name(parameter->value)) {
      head.is_file = true;
    } else {
      return false;
    }
  }
  return !head.name.empty() && head.name.size() <= 64 && !has_control(head.name);
}

// The headers of a part: Content-Disposition, and Content-Type at most.
std::optional<Head> read_head(std::string_view lines) {
  Head head;
  bool described = false, typed = false;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find("\r\n"), lines.size());
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(std::min(end + 2, lines.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || has_control(line)) return std::nullopt;
    const std::string name = ascii_lower(line.substr(0, colon));
    const std::string_view value = trim(line.substr(colon + 1));
    if (name == "content-disposition" && !described) {
      described = true;
      if (!read_disposition(value, head)) return std::nullopt;
    } else if (name == "content-type" && !typed) {
      typed = true;
      if (ascii_lower(value).starts_with("multipart/")) return std::nullopt;
    } else {
      return std::nullopt;
    }
  }
  return described ? std::optional(head) : std::nullopt;
}

class Reader {
 public:
  Result<void> add(std::string_view part) {
    const std::size_t end = find(part.substr(0, max_head_bytes), "\r\n\r\n");
    if (end == std::string_view::npos) return bad_request();
    const auto head = read_head(part.substr(0, end));
    if (!head) return bad_request();
    const std::string_view content = part.substr(end + 4);
    return head->is_file ? add_file(*head, content) : add_text(*head, content);
  }
  Upload upload;

 private:
  Result<void> add_file(const Head& head, std::string_view content) {
    if (upload.file || upload.fields.has(head.name)) return bad_request();
    if (content.size() > max_file_bytes) return refuse("too_large", {}, 413);
    upload.file_field = head.name;
    upload.file = content;
    return {};
  }
  Result<void> add_text(const Head& head, std::string_view content) {
    texts_ += content.size();
    if (texts_ > max_form_bytes) return refuse("too_large", {}, 413);
    const bool text = is_utf8(content) && content.find('\0') == std::string_view::npos;
    if (!text || upload.fields.size() == max_form_fields || upload.file_field == head.name ||
        !upload.fields.insert(head.name, std::string(content)))
      return bad_request();
    return {};
  }
  std::size_t texts_ = 0;
};

}  // namespace

std::optional<std::string> multipart_boundary(std::string_view content_type) {
  const std::size_t end = std::min(content_type.find(';'), content_type.size());
  if (ascii_lower(trim(content_type.substr(0, end))) != "multipart/form-data") return std::nullopt;
  content_type.remove_prefix(end);
  const auto parameter = take_parameter(content_type);
  if (!parameter || parameter->name != "boundary" || !content_type.empty()) return std::nullopt;
  const std::string& boundary = parameter->value;
  if (boundary.empty() || boundary.size() > 70 ||
      !std::all_of(boundary.begin(), boundary.end(), is_boundary_character))
    return std::nullopt;
  return boundary;
}

Result<Upload> parse_multipart(std::string_view body, std::string_view content_type) {
  if (body.size() > max_upload_bytes) return refuse("too_large", {}, 413);
  const auto boundary = multipart_boundary(content_type);
  if (!boundary) return bad_request();
  const std::string delimiter = "\r\n--" + *boundary;
  if (!body.starts_with(std::string_view(delimiter).substr(2))) return bad_request();
  body.remove_prefix(delimiter.size() - 2);
  Reader reader;
  for (std::size_t parts = 0; body.starts_with("\r\n"); ++parts) {
    body.remove_prefix(2);
    const std::size_t end = find(body, delimiter);
    if (end == std::string_view::npos || parts == max_form_fields) return bad_request();
    if (auto added = reader.add(body.substr(0, end)); !added) return refuse(added.error());
    body.remove_prefix(end + delimiter.size());
  }
  if (body != "--\r\n" && body != "--") return bad_request();
  return std::move(reader.upload);
}

}  // namespace doorward::http
