// Values: what goes in comes out, byte for byte, and what doesn't fit the schema stays out.
#include <climits>

#include "storage_calls.hpp"
#include "suites.hpp"

namespace kit {

namespace {

Table things(Subject& subject) {
  return {subject.new_name("things"),
          {{"id", DOORWARD_TEXT},
           {"t", DOORWARD_TEXT, false},
           {"b", DOORWARD_BYTES, false},
           {"n", DOORWARD_NUMBER, false},
           {"at", DOORWARD_TIME, false},
           {"f", DOORWARD_FLAG, false}},
          {{"t"}, {"b"}, {"n"}}};
}

std::string every_byte() {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  return all;
}

void round_trip(Subject& subject) {
  Store store(subject);
  const Table table = things(subject);
  store.must_prepare({table});
  const std::string nul("a\0b\0", 4);
  const std::vector<Row> rows = {
      {text("empty"), text(""), bytes(""), number(0), time(0), flag(false)},
      {text("null"), null(), null(), null(), null(), null()},
      {text("emoji"),
       text("Zo\xc3\xab \xf0\x9f\x9a\xaa\xf0\x9f\x8f\xb3\xef\xb8\x8f\xe2\x80\x8d\xf0\x9f\x8c\x88"),
       bytes(every_byte()), number(1), time(1), flag(true)},
      {text("nul"), text(nul), bytes(nul), number(-1), time(-1), flag(true)},
      {text("most"), text("'; DROP TABLE things; --"), bytes("\xff\xff"), number(INT64_MAX), time(INT64_MAX),
       null()},
      {text("least"), text("\"\\%_*?"), bytes(std::string(1, '\0')), number(INT64_MIN), time(INT64_MIN),
       null()},
      {text("microseconds"), text("x"), bytes("x"), number(1), time(1732218123456789), null()},
      {text(""), text("the empty key"), null(), null(), null(), null()},
      {text("large"), text(std::string(1 << 20, 'x')), bytes(std::string(1 << 20, '\0')), null(), null(),
       null()},
  };
  store.add(table, rows);
  expect_rows(store.all(table), rows, "what was inserted");
  for (const Row& row : rows) {
    Tx tx = store.read();
    expect_rows(tx.must_find(table, {is("id", row[0])}), {row}, "the row with id " + to_string(row[0]));
    expect(!tx.must_find(table, {is("t", row[1]), is("b", row[2]), is("n", row[3])}).empty(),
           "not found by its values: " + to_string(row[0]));
  }
}

void absent_is_null(Subject& subject) {
  Store store(subject);
  const Table table = things(subject);
  store.must_prepare({table});
  Tx tx = store.write();
  expect_status(tx.insert_cells(table.name, {{"f", flag(true)}, {"id", text("a")}}), DOORWARD_OK,
                "cells in another order");
  expect_rows(tx.must_find(table), {{text("a"), null(), null(), null(), null(), flag(true)}}, "the row");
  expect_equal(tx.must_update(table, {}, {{"t", text("x")}, {"f", null()}}), std::int64_t{1}, "changed rows");
  expect_rows(tx.must_find(table), {{text("a"), text("x"), null(), null(), null(), null()}},
              "the row with a field set to NULL");
}

void other_keys(Subject& subject) {
  Store store(subject);
  const std::vector<std::vector<Value>> keys = {
      {bytes(""), bytes(std::string(1, '\0')), bytes("a"), bytes("\xff")},
      {number(INT64_MIN), number(-1), number(0), number(INT64_MAX)},
      {time(-1), time(0), time(1732218123456789)},
  };
  for (const auto& values : keys) {
    const Table table{subject.new_name("keyed"), {{"k", values[0].type}, {"v", DOORWARD_NUMBER}}, {}};
    store.must_prepare({table});
    Rows rows;
    for (std::size_t i = 0; i < values.size(); ++i)
      rows.push_back({values[i], number(static_cast<std::int64_t>(i))});
    store.add(table, rows);
    Tx tx = store.write();
    for (const Row& row : rows)
      expect_rows(tx.must_find(table, {is("k", row[0])}), {row}, "the row with key " + to_string(row[0]));
    const Page by_key;
    expect_rows_in_order(tx.must_find(table, {}, &by_key), rows, "rows by key");
    expect_status(tx.insert(table, rows[1]), DOORWARD_CONFLICT, "a key that is taken");
    expect_status(tx.insert(table, {null(), number(1)}), DOORWARD_INVALID, "a key that is NULL");
  }
}

void unfit_refused(Subject& subject) {
  Store store(subject);
  Table table = things(subject);
  table.fields.push_back({"must", DOORWARD_NUMBER});
  store.must_prepare({table});
  Tx tx = store.write();
  const auto refused = [&](const std::vector<Cell>& cells, const std::string& what) {
    expect_status(tx.insert_cells(table.name, cells), DOORWARD_INVALID, what);
  };
  const Cell id{"id", text("a")}, must{"must", number(1)};
  refused({id}, "a row without a required field");
  refused({must}, "a row without its key");
  refused({id, {"must", null()}}, "NULL in a required field");
  refused({id, {"must", time(1)}}, "a time as a number");
  refused({id, {"must", text("1")}}, "a text as a number");
  refused({id, must, {"t", bytes("x")}}, "bytes as a text");
  refused({id, must, {"b", text("x")}}, "a text as bytes");
  refused({id, must, {"f", {DOORWARD_FLAG, 2, {}}}}, "a flag that is 2");
  refused({id, must, must}, "a field twice");
  refused({id, must, {"absent", number(1)}}, "a field that doesn't exist");
  expect_status(tx.insert_cells("absent_table", {id}), DOORWARD_INVALID, "a table that doesn't exist");
  std::int64_t changed = 0;
  tx.must_insert(table, {text("a"), null(), null(), null(), null(), null(), number(INT64_MAX)});
  const auto unchanged = [&](const Change& change, const std::string& what) {
    expect_status(tx.update(table, {}, {change}, changed), DOORWARD_INVALID, what);
  };
  unchanged({"must", null()}, "NULL in a required field");
  unchanged({"must", text("x")}, "a text as a number");
  unchanged({"must", number(1), true}, "a sum that no number can hold");
  unchanged({"n", number(1), true}, "adding to a field that may be NULL");
  unchanged({"t", text("x"), true}, "adding to a text");
  unchanged({"id", text("b")}, "another key");
  unchanged({"absent", number(1)}, "a field that doesn't exist");
  expect_status(tx.update(table, {}, {}, changed), DOORWARD_INVALID, "an update without changes");
  expect_rows(tx.must_find(table), {{text("a"), null(), null(), null(), null(), null(), number(INT64_MAX)}},
              "the row after it all");
  tx.must_commit();
  Tx reading = store.read();
  expect_status(reading.insert(table, {text("b"), null(), null(), null(), null(), null(), number(1)}),
                DOORWARD_INVALID, "insert in a read");
  expect_status(reading.update(table, {}, {{"must", number(1)}}, changed), DOORWARD_INVALID,
                "update in a read");
  expect_status(reading.remove(table, {}, nullptr, changed), DOORWARD_INVALID, "remove in a read");
}

void added_in_one_step(Subject& subject) {
  Store store(subject);
  const Table table{subject.new_name("counters"),
                    {{"id", DOORWARD_TEXT}, {"n", DOORWARD_NUMBER}, {"at", DOORWARD_TIME}},
                    {}};
  store.must_prepare({table});
  store.add(table, {{text("a"), number(40), time(-5)}, {text("b"), number(INT64_MIN), time(0)}});
  Tx tx = store.write();
  expect_equal(tx.must_update(table, {is("id", text("a"))}, {{"n", number(2), true}, {"at", time(10), true}}),
               std::int64_t{1}, "changed rows");
  expect_equal(tx.must_update(table, {is("id", text("b"))}, {{"n", number(INT64_MAX), true}}),
               std::int64_t{1}, "changed rows");
  expect_equal(tx.must_update(table, {is("id", text("c"))}, {{"n", number(1), true}}), std::int64_t{0},
               "changed rows where none is");
  expect_rows(tx.must_find(table), {{text("a"), number(42), time(5)}, {text("b"), number(-1), time(0)}},
              "sums");
}

}  // namespace

std::vector<Case> storage_values_cases() {
  return {
      {"values", "every value comes back byte for byte, 1 MiB and NUL bytes too", round_trip},
      {"values", "an absent field is NULL, and NULL can be set", absent_is_null},
      {"values", "keys of bytes, numbers and times", other_keys},
      {"values", "what doesn't fit the schema is refused and changes nothing", unfit_refused},
      {"values", "add changes a number in one step", added_in_one_step},
  };
}

}  // namespace kit
