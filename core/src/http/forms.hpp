// What a person typed, from a form (application/x-www-form-urlencoded, WHATWG URL 5.1) or from JSON (RFC 8259): named
// text fields, each at most once. Anything ambiguous is refused, so that no two readers can see two things.
#pragma once
#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace doorward::http {

inline constexpr std::size_t max_form_bytes = 16 * 1024;
inline constexpr std::size_t max_form_fields = 50;

class Fields {
 public:
  // The field's text, or empty where it is absent.
  std::string_view operator[](std::string_view name) const;
  bool has(std::string_view name) const { return values_.find(name) != values_.end(); }
  // A check box. A form sends one that is ticked and says nothing of the others; a program says true or false.
  bool flag(std::string_view name) const;     // "yes", "on", "true", "1"
  bool is_flag(std::string_view name) const;  // or "no", "off", "false", "0", or nothing
  bool insert(std::string name, std::string value) {
    return values_.emplace(std::move(name), std::move(value)).second;
  }
  std::size_t size() const { return values_.size(); }
  // Nothing was sent but fields of these names, and what every form has: "csrf", "return_to", "token".
  bool are_among(const std::vector<std::string>& names) const;
  // No name is one that others read as a list or an object: "email[]", "a[b]".
  bool are_plain() const {
    return std::all_of(values_.begin(), values_.end(), [](const auto& field) {
      return field.first.find_first_of("[]") == std::string::npos;
    });
  }

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

// Refused with "bad_request" (400): twice the same name, not UTF-8, NUL, bad escapes, too many fields; 413: too long.
Result<Fields> parse_form(std::string_view body);
// An object whose values are texts or flags. Refused with "bad_request": anything else, duplicate keys, a nested value.
Result<Fields> parse_json(std::string_view body);

}  // namespace doorward::http
