// Values that own their text, their order, and the tests of storage.h on them.
#pragma once
#include <doorward/sdk/storage.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace memory_store {

struct Value {
  doorward_type type = DOORWARD_NULL;
  std::int64_t number = 0;
  std::string text;

  Value() = default;
  explicit Value(const doorward_value& value);
  doorward_value borrowed() const;
};

using Row = std::vector<Value>;

// Of one type, or NULL, which stands below everything: negative, 0 or positive.
int compare(const Value& a, const Value& b);
int compare(const std::vector<Value>& a, const std::vector<Value>& b);

bool holds(doorward_test test, const Value& found, const doorward_value& wanted);

}  // namespace memory_store
