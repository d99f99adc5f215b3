#include "values.hpp"

#include <string_view>

namespace memory_store {

namespace {

bool is_text(doorward_type type) { return type == DOORWARD_TEXT || type == DOORWARD_BYTES; }

int compare_numbers(std::int64_t a, std::int64_t b) { return a < b ? -1 : a > b ? 1 : 0; }

int compare(const Value& found, const doorward_value& wanted) {
  if (found.type == DOORWARD_NULL || wanted.type == DOORWARD_NULL)
    return compare_numbers(found.type != DOORWARD_NULL, wanted.type != DOORWARD_NULL);
  if (is_text(found.type)) return std::string_view(found.text).compare(doorward::sdk::view(wanted.text));
  return compare_numbers(found.number, wanted.number);
}

}  // namespace

Value::Value(const doorward_value& value)
    : type(value.type),
      number(is_text(value.type) || value.type == DOORWARD_NULL ? 0 : value.number),
      text(is_text(value.type) ? doorward::sdk::view(value.text) : std::string_view()) {}

doorward_value Value::borrowed() const { return {type, number, {text.data(), text.size()}}; }

int compare(const Value& a, const Value& b) { return compare(a, b.borrowed()); }

int compare(const std::vector<Value>& a, const std::vector<Value>& b) {
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i)
    if (const int order = compare(a[i], b[i]); order != 0) return order;
  return compare_numbers(static_cast<std::int64_t>(a.size()), static_cast<std::int64_t>(b.size()));
}

bool holds(doorward_test test, const Value& found, const doorward_value& wanted) {
  if (test == DOORWARD_IS) return compare(found, wanted) == 0;
  if (test == DOORWARD_IS_NOT) return compare(found, wanted) != 0;
  if (found.type == DOORWARD_NULL) return false;
  if (test == DOORWARD_BELOW) return compare(found, wanted) < 0;
  if (test == DOORWARD_ABOVE) return compare(found, wanted) > 0;
  return std::string_view(found.text).starts_with(doorward::sdk::view(wanted.text));
}

}  // namespace memory_store
