// Schema: prepare() brings tables up to what is asked for, loses nothing, and refuses what it can't do.
#include "storage_calls.hpp"
#include "suites.hpp"

namespace kit {

namespace {

void prepared_twice(Subject& subject) {
  Store store(subject);
  const Table table = accounts(subject);
  store.must_prepare({table});
  store.add(table, {account("a")});
  store.must_prepare({table});
  expect_rows(store.all(table), {account("a")}, "rows after preparing again");
}

void field_added(Subject& subject) {
  Store store(subject);
  Table table = accounts(subject);
  store.must_prepare({table});
  store.add(table, {account("a")});
  const Table earlier = table;
  table.fields.insert(table.fields.end(), {{"nickname", DOORWARD_TEXT, false},
                                           {"locale", DOORWARD_TEXT},
                                           {"avatar", DOORWARD_BYTES},
                                           {"logins", DOORWARD_NUMBER},
                                           {"seen", DOORWARD_TIME},
                                           {"disabled", DOORWARD_FLAG}});
  store.must_prepare({table});
  Row row = account("a");
  row.insert(row.end(), {null(), text(""), bytes(""), number(0), time(0), flag(false)});
  expect_rows(store.all(table), {row}, "a row from before the fields were added");
  store.must_retry(DOORWARD_WRITE, [&](Tx& tx) {
    std::int64_t changed = 0;
    return tx.update(table, {}, {{"nickname", text("ann")}, {"logins", number(7), true}}, changed);
  });
  row[4] = text("ann");
  row[7] = number(7);
  expect_rows(store.all(table), {row}, "the row once its new fields were set");
  store.must_prepare({earlier});
  expect_rows(store.all(earlier), {account("a")}, "the row under the earlier schema");
  store.must_prepare({table});
  expect_rows(store.all(table), {row}, "the row after going back and forth");
}

void became_required(Subject& subject) {
  Store store(subject);
  Table table{subject.new_name("notes"), {{"id", DOORWARD_TEXT}, {"body", DOORWARD_TEXT, false}}, {}};
  store.must_prepare({table});
  store.add(table, {{text("a"), null()}, {text("b"), text("x")}});
  table.fields[1].required = true;
  store.must_prepare({table});
  expect_rows(store.all(table), {{text("a"), text("")}, {text("b"), text("x")}},
              "rows once the field is required");
  table.fields[1].required = false;
  store.must_prepare({table});
  store.add(table, {{text("c"), null()}});
}

void type_changed(Subject& subject) {
  Store store(subject);
  const Table table = accounts(subject);
  store.must_prepare({table});
  store.add(table, {account("a", 5)});
  for (const doorward_type type : {DOORWARD_TIME, DOORWARD_FLAG, DOORWARD_TEXT, DOORWARD_BYTES}) {
    Table changed = table;
    changed.fields[3].type = type;
    std::string why;
    expect_status(store.prepare({changed}, &why), DOORWARD_INVALID, "prepare with another type");
    expect(why.find("visits") != std::string::npos, "the sentence doesn't name the field: \"" + why + "\"");
    expect_rows(store.all(table), {account("a", 5)}, "rows after the refusal");
  }
  Table other_key = table;
  std::swap(other_key.fields[0], other_key.fields[1]);
  other_key.fields[0].required = true;
  expect_status(store.prepare({other_key}), DOORWARD_INVALID, "prepare with another field as the key");
}

void index_added(Subject& subject) {
  Store store(subject);
  Table table{subject.new_name("rooms"),
              {{"id", DOORWARD_TEXT}, {"house", DOORWARD_TEXT}, {"door", DOORWARD_NUMBER}},
              {}};
  store.must_prepare({table});
  store.add(table, {{text("a"), text("north"), number(1)}, {text("b"), text("north"), number(2)}});
  table.indexes = {{"house,door", true}, {"door"}};
  store.must_prepare({table});
  expect_status(store.write().insert(table, {text("c"), text("north"), number(2)}), DOORWARD_CONFLICT,
                "a duplicate");
  store.add(table, {{text("c"), text("south"), number(2)}});
  Table impossible = table;
  impossible.indexes.push_back({"house", true});
  std::string why;
  expect_status(store.prepare({impossible}, &why), DOORWARD_INVALID, "a unique index over duplicates");
  expect(why.find(table.name) != std::string::npos, "the sentence doesn't name the table: \"" + why + "\"");
  expect_equal(store.all(table).size(), std::size_t{3}, "rows after the refusal");
}

void awkward_names(Subject& subject) {
  Store store(subject);
  for (const char* name : {"order", "group", "select", "table", "user", "transaction"}) {
    const Table table{name,
                      {{"index", DOORWARD_TEXT},
                       {"where", DOORWARD_TEXT},
                       {"values", DOORWARD_NUMBER},
                       {"rowid", DOORWARD_NUMBER}},
                      {{"where,values", true}}};
    store.must_prepare({table});
    store.must_retry(DOORWARD_WRITE, [&](Tx& tx) {
      std::int64_t removed = 0;
      return tx.remove(table, {}, nullptr, removed);
    });
    store.add(table, {{text("a"), text("b"), number(1), number(9)}});
    expect_rows(store.all(table), {{text("a"), text("b"), number(1), number(9)}},
                std::string("a table called ") + name);
  }
}

void nonsense_refused(Subject& subject) {
  Store store(subject);
  const std::string name = subject.new_name("odd");
  const Field id{"id", DOORWARD_TEXT};
  const std::vector<Table> odd = {
      {name, {}, {}},
      {name, {{"id", DOORWARD_TEXT, false}}, {}},
      {name, {id, id}, {}},
      {name, {id, {"Name", DOORWARD_TEXT}}, {}},
      {name, {id, {"a\"b", DOORWARD_TEXT}}, {}},
      {name, {id, {"nothing", DOORWARD_NULL}}, {}},
      {name, {id}, {{"absent"}}},
      {"a-b", {id}, {}},
  };
  for (std::size_t i = 0; i < odd.size(); ++i)
    expect_status(store.prepare({odd[i]}), DOORWARD_INVALID, "nonsense schema " + std::to_string(i));
}

void many_processes(Subject& subject) {
  const Table table = accounts(subject);
  Table wider = table;
  wider.fields.push_back({"locale", DOORWARD_TEXT});
  wider.indexes.push_back({"locale"});
  in_children(8, [&](unsigned i) {
    Store store(subject);
    store.must_prepare({table});
    store.add(table, {account("a" + std::to_string(i))});
    store.must_prepare({wider});
    expect(!store.all(wider).empty(), "no rows");
  });
  Store store(subject);
  store.must_prepare({wider});
  if (!subject.is_volatile())
    expect_equal(store.all(wider).size(), std::size_t{8}, "rows of eight processes");
}

}  // namespace

std::vector<Case> storage_schema_cases() {
  return {
      {"schema", "preparing twice keeps the rows", prepared_twice},
      {"schema", "added fields are NULL, or 0 and empty where required; none is lost", field_added},
      {"schema", "a field may become required, and optional again", became_required},
      {"schema", "another type, or another key, is refused with a sentence", type_changed},
      {"schema", "indexes are added; a unique one over duplicates is refused", index_added},
      {"schema", "names that a query language keeps for itself", awkward_names},
      {"schema", "a schema that makes no sense is refused", nonsense_refused},
      {"schema", "eight processes prepare at once", many_processes},
  };
}

}  // namespace kit
