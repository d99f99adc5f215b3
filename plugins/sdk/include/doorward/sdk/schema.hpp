// doorward/sdk/schema.hpp - the declared tables, copied and looked up by name, and the check of a call's arguments
// against them. Every store needs the same ones, and refuses the same: an unknown table or field, a value of another
// type, NULL where a value is required. All of them throw Failure(Status::invalid). A Schema doesn't change once made.
#ifndef DOORWARD_SDK_SCHEMA_HPP
#define DOORWARD_SDK_SCHEMA_HPP
#include <doorward/sdk/storage.hpp>

#include <algorithm>
#include <cstring>
#include <vector>

namespace doorward::sdk {

[[noreturn]] inline void invalid(const std::string& sentence) { throw Failure(Status::invalid, sentence); }

inline bool is_integer(doorward_type type) {
  return type == DOORWARD_NUMBER || type == DOORWARD_TIME || type == DOORWARD_FLAG;
}
inline const char* type_name(doorward_type type) {
  constexpr const char* names[] = {"null", "text", "bytes", "number", "time", "flag"};
  return type >= DOORWARD_NULL && type <= DOORWARD_FLAG ? names[type] : "unknown";
}

// [a-z][a-z0-9_]*
inline bool is_name(std::string_view name) {
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  return !name.empty() && lower(name.front()) && std::all_of(name.begin(), name.end(), [&](char c) {
    return lower(c) || (c >= '0' && c <= '9') || c == '_';
  });
}

struct FieldSpec {
  std::string name;
  doorward_type type;
  bool required;
};

struct IndexSpec {
  std::vector<std::size_t> fields;  // places in TableSpec::fields
  bool unique;
};

struct TableSpec {
  std::string name;
  std::vector<FieldSpec> fields;  // the first is the key
  std::vector<IndexSpec> indexes;

  explicit TableSpec(const doorward_table& table) : name(table.name) {
    if (!is_name(name)) invalid("\"" + name + "\" is not a name of a table");
    for (const doorward_field& field : std::span(table.fields, table.field_count)) add_field(field);
    if (fields.empty() || !fields.front().required)
      invalid(name + ": the first field is the key and has to be required");
    for (const doorward_index& index : std::span(table.indexes, table.index_count)) add_index(index);
  }

  std::size_t find_field(const char* field) const {  // fields.size(): there is none
    std::size_t place = 0;
    while (place < fields.size() && std::strcmp(fields[place].name.c_str(), field) != 0) ++place;
    return place;
  }
  std::size_t field(const char* field) const {
    const std::size_t place = find_field(field);
    if (place == fields.size()) invalid(name + " has no field " + field);
    return place;
  }

  // The place of the cell's field, once its value is known to fit there.
  std::size_t check(const Cell& cell) const {
    const std::size_t place = field(cell.field);
    check_value(fields[place], cell.value);
    if (cell.value.type == DOORWARD_NULL && fields[place].required)
      invalid(name + "." + cell.field + " can't be NULL");
    return place;
  }
  std::size_t check(const Match& match) const {
    const std::size_t place = field(match.field);
    const doorward_type type = fields[place].type;
    check_value(fields[place], match.value);
    const bool equality = match.test == DOORWARD_IS || match.test == DOORWARD_IS_NOT;
    if (!equality && match.value.type == DOORWARD_NULL)
      invalid(name + "." + match.field + ": NULL has no order");
    if ((match.test == DOORWARD_BELOW || match.test == DOORWARD_ABOVE) && type == DOORWARD_FLAG)
      invalid(name + "." + match.field + ": a flag has no order");
    if (match.test == DOORWARD_STARTS_WITH && is_integer(type))
      invalid(name + "." + match.field + ": only text and bytes start with something");
    if (match.test < DOORWARD_IS || match.test > DOORWARD_STARTS_WITH) invalid("a test that doesn't exist");
    return place;
  }
  std::size_t check(const Change& change) const {
    const std::size_t place = check(Cell{change.field, change.value});
    if (place == 0) invalid(name + "." + change.field + " is the key and never changes");
    const FieldSpec& spec = fields[place];
    const bool countable = spec.required && (spec.type == DOORWARD_NUMBER || spec.type == DOORWARD_TIME);
    if (change.add != 0 && !countable)
      invalid(name + "." + change.field + " is nothing that can be added to");
    return place;
  }

 private:
  void add_field(const doorward_field& field) {
    if (!is_name(field.name) || find_field(field.name) != fields.size())
      invalid(name + ": \"" + field.name + "\" is not a name of a field, or stands there twice");
    if (field.type < DOORWARD_TEXT || field.type > DOORWARD_FLAG)
      invalid(name + "." + field.name + " has no known type");
    fields.push_back({field.name, field.type, field.required != 0});
  }
  void add_index(const doorward_index& index) {
    IndexSpec spec{{}, index.unique != 0};
    std::string_view rest = index.fields;
    while (true) {
      const std::size_t comma = rest.find(',');
      spec.fields.push_back(field(std::string(rest.substr(0, comma)).c_str()));
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
    indexes.push_back(std::move(spec));
  }
  void check_value(const FieldSpec& spec, const Value& value) const {
    if (value.type == DOORWARD_NULL) return;
    if (value.type != spec.type)
      invalid(name + "." + spec.name + " is a " + type_name(spec.type) + ", not a " + type_name(value.type));
    if (value.type == DOORWARD_FLAG && value.number != 0 && value.number != 1)
      invalid(name + "." + spec.name + ": a flag is 0 or 1");
  }
};

class Schema {
 public:
  Schema() = default;
  // The tables of `earlier`, replaced and joined by `tables`.
  Schema(const Schema& earlier, std::span<const doorward_table> tables) : tables_(earlier.tables_) {
    for (const doorward_table& table : tables) {
      auto spec = std::make_shared<const TableSpec>(table);
      const auto same = std::find_if(tables_.begin(), tables_.end(),
                                     [&](const auto& one) { return one->name == spec->name; });
      if (same == tables_.end())
        tables_.push_back(std::move(spec));
      else
        *same = std::move(spec);
    }
  }
  const std::vector<std::shared_ptr<const TableSpec>>& tables() const { return tables_; }
  // The place in tables(); throws where there is none.
  std::size_t table(const char* name) const {
    for (std::size_t place = 0; place < tables_.size(); ++place)
      if (std::strcmp(tables_[place]->name.c_str(), name) == 0) return place;
    invalid(std::string("there is no table ") + name);
  }

 private:
  std::vector<std::shared_ptr<const TableSpec>> tables_;
};

}  // namespace doorward::sdk
#endif
