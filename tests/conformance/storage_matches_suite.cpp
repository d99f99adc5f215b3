// Matches: each test on each type, NULL, and thousands of drawn questions whose answers the model knows.
#include <climits>
#include <random>

#include "storage_model.hpp"
#include "suites.hpp"

namespace kit {

namespace {

Table wide(Subject& subject, bool indexed) {
  Table table{subject.new_name("wide"),
              {{"id", DOORWARD_TEXT},
               {"t", DOORWARD_TEXT, false},
               {"b", DOORWARD_BYTES, false},
               {"n", DOORWARD_NUMBER, false},
               {"at", DOORWARD_TIME, false},
               {"f", DOORWARD_FLAG, false}},
              {}};
  if (indexed) table.indexes = {{"t"}, {"b,n"}, {"n,at,f"}, {"at"}, {"f,t"}};
  return table;
}

const std::vector<std::string> texts = {"",
                                        "a",
                                        "ab",
                                        "abc",
                                        "b",
                                        "B",
                                        "\xc3\xa4",
                                        "\xc3\xa4\xc3\xb6",
                                        std::string("a\0b", 3),
                                        "a%",
                                        "a_c",
                                        "\xf4\x8f\xbf\xbf"};
const std::vector<std::string> byte_texts = {
    "",      "a",        "\xff", "\xff\xff", "\xff\xfe", std::string("\0", 1), std::string("a\0", 2),
    "a\xff", "a\xff\xff"};
const std::vector<std::int64_t> numbers = {INT64_MIN, -2, -1, 0, 1, 2, INT64_MAX};

template <class List>
const auto& pick(const List& list, std::mt19937& random) {
  return list[random() % list.size()];
}

Value draw(doorward_type type, std::mt19937& random, bool may_be_null) {
  if (may_be_null && random() % 5 == 0) return null();
  if (type == DOORWARD_TEXT) return text(pick(texts, random));
  if (type == DOORWARD_BYTES) return bytes(pick(byte_texts, random));
  if (type == DOORWARD_FLAG) return flag(random() % 2 == 0);
  return {type, pick(numbers, random), {}};
}

Match draw_match(const Table& table, std::mt19937& random) {
  const Field& field = table.fields[random() % table.fields.size()];
  const bool is_text = field.type == DOORWARD_TEXT || field.type == DOORWARD_BYTES;
  const unsigned tests = field.type == DOORWARD_FLAG ? 2 : is_text ? 5 : 4;
  const auto test = static_cast<doorward_test>(random() % tests);
  const bool may_be_null = !field.required && (test == DOORWARD_IS || test == DOORWARD_IS_NOT);
  return {field.name, test, draw(field.type, random, may_be_null)};
}

void drawn_questions(Subject& subject, bool indexed) {
  Store store(subject);
  const Table table = wide(subject, indexed);
  store.must_prepare({table});
  std::mt19937 random(20260101);  // the same questions in every run
  Rows rows;
  for (int i = 0; i < 200; ++i) {
    Row row{text("id" + std::to_string(i))};
    for (std::size_t field = 1; field < table.fields.size(); ++field)
      row.push_back(draw(table.fields[field].type, random, true));
    rows.push_back(std::move(row));
  }
  store.add(table, rows);
  Tx tx = store.read();
  for (int i = 0; i < 2000; ++i) {
    std::vector<Match> matches;
    for (unsigned count = random() % 4; count > 0; --count) matches.push_back(draw_match(table, random));
    const bool paged = random() % 2 == 0;
    const Page page{table.fields[random() % table.fields.size()].name, random() % 2 == 0,
                    static_cast<std::uint32_t>(random() % 12), static_cast<std::uint32_t>(random() % 3)};
    std::string question = "question " + std::to_string(i) + ":";
    for (const Match& match : matches)
      question += " " + match.field + " test " + std::to_string(match.test) + " " + to_string(match.value);
    const Rows wanted = model_find(table, rows, matches, paged ? &page : nullptr);
    const Rows found = tx.must_find(table, matches, paged ? &page : nullptr);
    if (paged)
      expect_rows_in_order(found, wanted,
                           question + " by " + *page.order_by + (page.descending ? " descending" : ""));
    else
      expect_rows(found, wanted, question);
  }
}

void drawn_questions_plain(Subject& subject) { drawn_questions(subject, false); }
void drawn_questions_indexed(Subject& subject) { drawn_questions(subject, true); }

void null_rules(Subject& subject) {
  Store store(subject);
  const Table table = wide(subject, true);
  store.must_prepare({table});
  const Row empty{text("a"), null(), null(), null(), null(), null()};
  const Row full{text("b"), text("x"), bytes("x"), number(1), time(1), flag(true)};
  store.add(table, {empty, full});
  Tx tx = store.read();
  for (std::size_t i = 1; i < table.fields.size(); ++i) {
    const std::string& field = table.fields[i].name;
    expect_rows(tx.must_find(table, {{field, DOORWARD_IS, null()}}), {empty}, field + " is NULL");
    expect_rows(tx.must_find(table, {{field, DOORWARD_IS_NOT, null()}}), {full}, field + " is not NULL");
    expect_rows(tx.must_find(table, {{field, DOORWARD_IS, full[i]}}), {full}, field + " is a value");
    expect_rows(tx.must_find(table, {{field, DOORWARD_IS_NOT, full[i]}}), {empty},
                field + " is not a value, and NULL isn't it");
  }
  expect_rows(tx.must_find(table, {{"n", DOORWARD_BELOW, number(INT64_MAX)}}), {full},
              "NULL is below nothing");
  expect_rows(tx.must_find(table, {{"t", DOORWARD_STARTS_WITH, text("")}}), {full},
              "NULL starts with nothing");
}

void nonsense_refused(Subject& subject) {
  Store store(subject);
  const Table table = wide(subject, false);
  store.must_prepare({table});
  Tx tx = store.write();
  const std::vector<Match> odd = {
      {"f", DOORWARD_BELOW, flag(true)},
      {"f", DOORWARD_ABOVE, flag(false)},
      {"n", DOORWARD_STARTS_WITH, number(1)},
      {"at", DOORWARD_STARTS_WITH, time(1)},
      {"n", DOORWARD_BELOW, null()},
      {"t", DOORWARD_STARTS_WITH, null()},
      {"n", DOORWARD_IS, text("1")},
      {"t", DOORWARD_IS, bytes("a")},
      {"n", DOORWARD_IS, time(1)},
      {"absent", DOORWARD_IS, null()},
      {"n", static_cast<doorward_test>(7), number(1)},
  };
  for (std::size_t i = 0; i < odd.size(); ++i) {
    Rows rows;
    std::int64_t count = 0;
    const std::string what = "question " + std::to_string(i) + " on " + odd[i].field;
    expect_status(tx.find(table, {odd[i]}, nullptr, rows), DOORWARD_INVALID, "find with " + what);
    expect_status(tx.update(table, {odd[i]}, {{"n", number(1)}}, count), DOORWARD_INVALID,
                  "update with " + what);
    expect_status(tx.remove(table, {odd[i]}, nullptr, count), DOORWARD_INVALID, "remove with " + what);
  }
}

void update_and_remove_match_alike(Subject& subject) {
  Store store(subject);
  const Table table = wide(subject, true);
  store.must_prepare({table});
  Rows rows;
  for (int i = 0; i < 100; ++i)
    rows.push_back(
        {text("id" + std::to_string(i)), null(), null(), number(i), time(i / 10), flag(i % 2 == 0)});
  store.add(table, rows);
  Tx tx = store.write();
  const std::vector<Match> some = {
      {"n", DOORWARD_ABOVE, number(20)}, {"n", DOORWARD_BELOW, number(51)}, is("f", flag(true))};
  expect_equal(tx.must_update(table, some, {{"t", text("x")}}), std::int64_t{15}, "changed rows");
  for (Row& row : rows)
    if (holds(table, row, some)) row[1] = text("x");
  expect_rows(tx.must_find(table), rows, "rows after the update");
  Rows taken;
  expect_equal(tx.must_remove(table, some, &taken), std::int64_t{15}, "removed rows");
  expect_rows(taken, model_find(table, rows, some, nullptr), "rows handed out while removing");
  std::erase_if(rows, [&](const Row& row) { return holds(table, row, some); });
  expect_rows(tx.must_find(table), rows, "rows after the removal");
  expect_equal(tx.must_remove(table, some), std::int64_t{0}, "removed rows the second time");
  expect_equal(tx.must_remove(table, {}), std::int64_t{85}, "removed rows with no matches");
}

struct Nested {
  Tx& tx;
  const Table& table;
  const doorward_storage& calls;
  doorward_status found = DOORWARD_OK;
};

void no_call_from_inside(Subject& subject) {
  Store store(subject);
  const Table table = wide(subject, false);
  store.must_prepare({table});
  store.add(table, {{text("a"), null(), null(), null(), null(), null()}});
  Tx tx = store.write();
  Nested nested{tx, table, store.calls()};
  const doorward_rows rows{&nested, [](void* self, const doorward_cell*, std::size_t) {
                             auto& inner = *static_cast<Nested*>(self);
                             std::int64_t removed = 0;
                             inner.found = inner.calls.remove(inner.tx.raw(), inner.table.name.c_str(),
                                                              nullptr, 0, nullptr, &removed);
                           }};
  expect_status(store.calls().find(tx.raw(), table.name.c_str(), nullptr, 0, nullptr, &rows), DOORWARD_OK,
                "the outer call");
  expect_status(nested.found, DOORWARD_INVALID, "a call from inside a row");
  expect_equal(tx.must_find(table).size(), std::size_t{1}, "rows afterwards");
}

}  // namespace

std::vector<Case> storage_matches_cases() {
  return {
      {"matches", "NULL is NULL, and is not anything else", null_rules},
      {"matches", "2,000 drawn questions, answered as a plain list would", drawn_questions_plain},
      {"matches", "the same with indexes", drawn_questions_indexed},
      {"matches", "questions that make no sense are refused", nonsense_refused},
      {"matches", "update and remove choose rows as find does", update_and_remove_match_alike},
      {"matches", "a call from inside a row is refused", no_call_from_inside},
  };
}

}  // namespace kit
