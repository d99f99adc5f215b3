// Values on their way to the server and back, in PostgreSQL's binary format: int8 as 8 bytes, most significant first; bool as
// one byte; bytea as it is. TEXT is a bytea there too: the border's text may hold NUL, which PostgreSQL's text can't, and is
// compared byte by byte, whatever the database's collation and encoding.
#pragma once
#include <doorward/sdk/storage.hpp>
#include <libpq-fe.h>

#include <array>
#include <string>
#include <vector>

namespace postgresql_store {

namespace sdk = doorward::sdk;

class Parameters {
 public:
  void add(const sdk::Value& value,
           doorward_type type);  // borrowed until sent; `type` of the field, for NULL
  void add(std::string bytes);
  void add_number(std::int64_t number);
  void add_null_number();

  // As libpq wants them; valid until the next add().
  struct Raw {
    int count;
    const Oid* types;
    const char* const* values;
    const int* lengths;
    const int* formats;
  };
  Raw raw() const;

 private:
  struct Item {
    Oid type;
    const char* borrowed;  // null: `own` or `number`
    std::size_t size;
    bool is_null;
    std::array<char, 8> number;
    std::string own;
  };
  void push(Oid type, bool is_null);
  std::vector<Item> items_;
  mutable std::vector<Oid> types_;
  mutable std::vector<const char*> values_;
  mutable std::vector<int> lengths_, formats_;
};

const char* sql_type(doorward_type type);  // bytea, bigint or boolean

// The value of a column of this type, borrowed from the result.
sdk::Value value_of(const PGresult* result, int row, int column, doorward_type type);
std::int64_t number_of(const PGresult* result, int row, int column);
std::string text_of(const PGresult* result, int row, int column);

}  // namespace postgresql_store
