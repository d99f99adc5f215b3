#include "parameters.hpp"

#include <doorward/sdk/schema.hpp>

namespace postgresql_store {

namespace {

// From PostgreSQL's catalog pg_type, where they never change.
constexpr Oid oid_bool = 16, oid_bytea = 17, oid_int8 = 20;

constexpr std::size_t most_bytes = 500U << 20U;  // PostgreSQL's own limit, 1 GB, holds for a row

Oid oid_of(doorward_type type) {
  return type == DOORWARD_FLAG ? oid_bool : sdk::is_integer(type) ? oid_int8 : oid_bytea;
}

std::array<char, 8> big_endian(std::int64_t number) {
  std::array<char, 8> bytes{};
  auto rest = static_cast<std::uint64_t>(number);
  for (std::size_t i = bytes.size(); i > 0; --i, rest >>= 8) bytes[i - 1] = static_cast<char>(rest & 0xff);
  return bytes;
}

}  // namespace

void Parameters::push(Oid type, bool is_null) { items_.push_back({type, nullptr, 0, is_null, {}, {}}); }

void Parameters::add(const sdk::Value& value, doorward_type type) {
  push(oid_of(type), value.type == DOORWARD_NULL);
  Item& item = items_.back();
  if (item.is_null) return;
  if (value.type == DOORWARD_FLAG) {
    item.number[0] = value.number != 0 ? 1 : 0;
    item.size = 1;
  } else if (sdk::is_integer(value.type)) {
    item.number = big_endian(value.number);
    item.size = item.number.size();
  } else {
    if (value.text.size > most_bytes) sdk::invalid("a value of more than 500 MiB");
    item.borrowed = value.text.size == 0 ? "" : value.text.data;
    item.size = value.text.size;
  }
}

void Parameters::add(std::string bytes) {
  push(oid_bytea, false);
  items_.back().size = bytes.size();
  items_.back().own = std::move(bytes);
}

void Parameters::add_number(std::int64_t number) {
  push(oid_int8, false);
  items_.back().number = big_endian(number);
  items_.back().size = 8;
}

void Parameters::add_null_number() { push(oid_int8, true); }

Parameters::Raw Parameters::raw() const {
  types_.clear();
  values_.clear();
  lengths_.clear();
  for (const Item& item : items_) {
    types_.push_back(item.type);
    const char* own = item.type == oid_bytea ? item.own.data() : item.number.data();
    values_.push_back(item.is_null ? nullptr : item.borrowed != nullptr ? item.borrowed : own);
    lengths_.push_back(static_cast<int>(item.size));
  }
  formats_.assign(items_.size(), 1);
  return {static_cast<int>(items_.size()), types_.data(), values_.data(), lengths_.data(), formats_.data()};
}

const char* sql_type(doorward_type type) {
  return type == DOORWARD_FLAG ? "boolean" : sdk::is_integer(type) ? "bigint" : "bytea";
}

std::int64_t number_of(const PGresult* result, int row, int column) {
  const char* bytes = PQgetvalue(result, row, column);
  std::uint64_t number = 0;
  for (int i = 0; i < PQgetlength(result, row, column); ++i)
    number = number << 8 | static_cast<unsigned char>(bytes[i]);
  return static_cast<std::int64_t>(number);
}

std::string text_of(const PGresult* result, int row, int column) {
  return {PQgetvalue(result, row, column), static_cast<std::size_t>(PQgetlength(result, row, column))};
}

sdk::Value value_of(const PGresult* result, int row, int column, doorward_type type) {
  sdk::Value value{DOORWARD_NULL, 0, {nullptr, 0}};
  if (PQgetisnull(result, row, column) != 0) return value;
  value.type = type;
  if (sdk::is_integer(type))
    value.number = number_of(result, row, column);
  else
    value.text = {PQgetvalue(result, row, column),
                  static_cast<std::size_t>(PQgetlength(result, row, column))};
  return value;
}

}  // namespace postgresql_store
