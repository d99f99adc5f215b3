// Rollback: what a transaction did is all there or not at all, however it ends.
#include "plugin_host/storage_client.hpp"
#include "storage_calls.hpp"
#include "suites.hpp"

namespace kit {

namespace {

void everything_undone(Subject& subject) {
  Store store(subject);
  const Table table = accounts(subject);
  store.must_prepare({table});
  const Rows rows = {account("a", 1), account("b", 2), account("c", 3)};
  store.add(table, rows);
  const std::vector<std::function<void(Tx&)>> stories = {
      [&](Tx& tx) { tx.must_insert(table, account("d")); },
      [&](Tx& tx) { tx.must_update(table, {}, {{"visits", number(10), true}, {"organization", null()}}); },
      [&](Tx& tx) { tx.must_remove(table, {is("id", text("b"))}); },
      [&](Tx& tx) {
        tx.must_remove(table, {});
        tx.must_insert(table, {text("a"), text("other@example.org"), null(), number(0)});
        tx.must_update(table, {}, {{"email", text("third@example.org")}});
        tx.must_insert(table, account("a2"));
        tx.must_remove(table, {is("id", text("a"))});
      },
  };
  for (std::size_t i = 0; i < stories.size(); ++i) {
    Tx tx = store.write();
    stories[i](tx);
    tx.rollback();
    expect_rows(store.all(table), rows, "rows after rolling back story " + std::to_string(i));
    expect_rows(store.read().must_find(table, {is("email", text("b@example.org"))}), {rows[1]},
                "a row by its index");
  }
}

void own_writes_seen(Subject& subject) {
  Store store(subject);
  const Table table = accounts(subject);
  store.must_prepare({table});
  store.add(table, {account("a")});
  Tx tx = store.write();
  tx.must_insert(table, account("b"));
  expect_rows(tx.must_find(table), {account("a"), account("b")}, "own insert");
  tx.must_update(table, {is("id", text("b"))}, {{"visits", number(5)}});
  expect_rows(tx.must_find(table, {is("visits", number(5))}), {account("b", 5)}, "own update");
  tx.must_remove(table, {is("id", text("a"))});
  expect_rows(tx.must_find(table, {is("organization", text("acme"))}), {account("b", 5)}, "own removal");
  tx.must_commit();
  expect_rows(store.all(table), {account("b", 5)}, "rows after the commit");
}

void several_tables(Subject& subject) {
  Store store(subject);
  const Table people = accounts(subject);
  const Table tokens{
      subject.new_name("tokens"), {{"id", DOORWARD_BYTES}, {"account", DOORWARD_TEXT}}, {{"account"}}};
  store.must_prepare({people, tokens});
  {
    Tx tx = store.write();
    tx.must_insert(people, account("a"));
    tx.must_insert(tokens, {bytes("t"), text("a")});
  }  // ended without commit
  expect(store.all(people).empty() && store.all(tokens).empty(),
         "rows of a transaction that was never committed");
  Tx tx = store.write();
  tx.must_insert(people, account("a"));
  tx.must_insert(tokens, {bytes("t"), text("a")});
  tx.must_commit();
  expect(store.all(people).size() == 1 && store.all(tokens).size() == 1, "a row in each table");
}

void refused_call_undoes_nothing_else(Subject& subject) {
  Store store(subject);
  const Table table = accounts(subject);
  store.must_prepare({table});
  Tx tx = store.write();
  tx.must_insert(table, account("a"));
  expect_status(tx.insert_cells(table.name, {{"id", text("b")}, {"visits", text("x")}}), DOORWARD_INVALID,
                "a wrong type");
  expect_status(tx.insert(table, account("a")), DOORWARD_CONFLICT, "a taken key");
  tx.must_insert(table, account("c"));
  tx.must_commit();
  expect_rows(store.all(table), {account("a"), account("c")}, "rows");
}

// Through the engine's own client: a visitor that throws ends the call and takes the transaction with it.
void thrown(Subject& subject) {
  namespace records = doorward::records;
  doorward::plugin_host::StorageClient client(subject.create());
  client.start();
  const std::string name = subject.new_name("thrown");
  const records::Field fields[] = {{"id", records::Type::text}, {"n", records::Type::number}};
  const records::Table tables[] = {{name.c_str(), fields, {}}};
  client.prepare(tables);
  const auto insert = [&](records::StoreTransaction& tx, const char* id) {
    const records::Cell cells[] = {{"id", records::Value::of_text(id)}, {"n", records::Value::of_number(1)}};
    expect(tx.insert(name.c_str(), cells), "a taken key");
  };
  {
    const auto tx = client.begin(records::Mode::write, std::chrono::seconds(10));
    insert(*tx, "a");
    tx->commit();
  }
  bool caught = false;
  try {
    const auto tx = client.begin(records::Mode::write, std::chrono::seconds(10));
    insert(*tx, "b");
    tx->find(name.c_str(), {}, nullptr, [](std::span<const records::Value>) { throw Failed("from inside"); });
    tx->commit();
  } catch (const Failed&) {
    caught = true;
  }
  expect(caught, "the visitor's exception came out of find");
  int rows = 0;
  client.begin(records::Mode::read, std::chrono::seconds(10))
      ->find(name.c_str(), {}, nullptr, [&](std::span<const records::Value>) { ++rows; });
  expect_equal(rows, 1, "rows: what was written before the exception is gone");
}

}  // namespace

std::vector<Case> storage_rollback_cases() {
  return {
      {"rollback", "inserts, updates and removals are all undone", everything_undone},
      {"rollback", "a transaction sees its own writes", own_writes_seen},
      {"rollback", "several tables: all or nothing, also when it is dropped without an end", several_tables},
      {"rollback", "a refused call undoes nothing else", refused_call_undoes_nothing_else},
      {"rollback", "an exception in a row visitor comes out and rolls back", thrown},
  };
}

}  // namespace kit
