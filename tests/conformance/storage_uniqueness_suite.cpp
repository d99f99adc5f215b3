// Uniqueness: a key and a unique index hold a value once, also inside one transaction and among threads.
#include <atomic>

#include "storage_calls.hpp"
#include "suites.hpp"

namespace kit {

namespace {

void taken(Subject& subject) {
  Store store(subject);
  const Table table = accounts(subject);
  store.must_prepare({table});
  store.add(table, {account("a")});
  Tx tx = store.write();
  expect_status(tx.insert(table, {text("a"), text("b@example.org"), null(), number(0)}), DOORWARD_CONFLICT,
                "a key that is taken");
  expect_status(tx.insert(table, {text("b"), text("a@example.org"), null(), number(0)}), DOORWARD_CONFLICT,
                "an address that is taken");
  tx.must_insert(table, account("c"));
  tx.must_commit();
  expect_rows(store.all(table), {account("a"), account("c")},
              "rows: the transaction went on after the conflicts");
}

void inside_one(Subject& subject) {
  Store store(subject);
  const Table table = accounts(subject);
  store.must_prepare({table});
  Tx tx = store.write();
  tx.must_insert(table, account("a"));
  expect_status(tx.insert(table, account("a")), DOORWARD_CONFLICT, "the same key in the same transaction");
  expect_status(tx.insert(table, {text("b"), text("a@example.org"), null(), number(0)}), DOORWARD_CONFLICT,
                "the same address");
  tx.must_remove(table, {is("id", text("a"))});
  tx.must_insert(table, {text("b"), text("a@example.org"), null(), number(0)});
  tx.must_commit();
  expect_rows(store.all(table), {{text("b"), text("a@example.org"), null(), number(0)}}, "rows");
}

void null_never_duplicate(Subject& subject) {
  Store store(subject);
  const Table table{subject.new_name("seats"),
                    {{"id", DOORWARD_TEXT}, {"a", DOORWARD_TEXT, false}, {"b", DOORWARD_NUMBER, false}},
                    {{"a,b", true}}};
  store.must_prepare({table});
  Tx tx = store.write();
  for (const char* id : {"1", "2"}) {
    tx.must_insert(table, {text(std::string("nn") + id), null(), null()});
    tx.must_insert(table, {text(std::string("xn") + id), text("x"), null()});
    tx.must_insert(table, {text(std::string("n1") + id), null(), number(1)});
  }
  tx.must_insert(table, {text("x1"), text("x"), number(1)});
  tx.must_insert(table, {text("x2"), text("x"), number(2)});
  tx.must_insert(table, {text("y1"), text("y"), number(1)});
  expect_status(tx.insert(table, {text("again"), text("x"), number(1)}), DOORWARD_CONFLICT,
                "both values again");
}

void update_into_taken(Subject& subject) {
  Store store(subject);
  const Table table = accounts(subject);
  store.must_prepare({table});
  const Rows rows = {account("a"), account("b"), account("c")};
  store.add(table, rows);
  Tx tx = store.write();
  std::int64_t changed = 0;
  expect_status(tx.update(table, {is("id", text("a"))}, {{"email", text("b@example.org")}}, changed),
                DOORWARD_CONFLICT, "an update to an address that is taken");
  expect_status(
      tx.update(table, {}, {{"email", text("all@example.org")}, {"visits", number(1), true}}, changed),
      DOORWARD_CONFLICT, "an update of all rows to one address");
  expect_rows(tx.must_find(table), rows, "rows: a refused update changed none");
  expect_equal(tx.must_update(table, {is("id", text("a"))}, {{"email", text("a@example.org")}}),
               std::int64_t{1}, "changed rows: a value may replace itself");
  tx.must_update(table, {is("id", text("a"))}, {{"email", text("free@example.org")}});
  tx.must_update(table, {is("id", text("b"))}, {{"email", text("a@example.org")}});
  tx.must_commit();
}

void free_again(Subject& subject) {
  Store store(subject);
  const Table table = accounts(subject);
  store.must_prepare({table});
  {
    Tx tx = store.write();
    tx.must_insert(table, account("a"));
    tx.rollback();
  }
  store.add(table, {account("a")});
  store.must_retry(DOORWARD_WRITE, [&](Tx& tx) {
    std::int64_t removed = 0;
    return tx.remove(table, {}, nullptr, removed);
  });
  store.add(table, {account("a")});
}

void one_of_many(Subject& subject) {
  Store store(subject);
  const Table table = accounts(subject);
  store.must_prepare({table});
  for (int round = 0; round < 3; ++round) {
    const std::string address = "round" + std::to_string(round) + "@example.org";
    std::atomic<int> won = 0;
    in_threads(64, [&](unsigned i) {
      const std::string id = std::to_string(round) + "_" + std::to_string(i);
      const doorward_status status = store.retry(DOORWARD_WRITE, [&](Tx& tx) {
        return tx.insert(table, {text(id), text(address), null(), number(0)});
      });
      if (status == DOORWARD_OK) ++won;
      expect(status == DOORWARD_OK || status == DOORWARD_CONFLICT,
             std::string("insert answered ") + status_name(status));
    });
    expect_equal(won.load(), 1, "threads that got the address");
    expect_equal(store.read().must_find(table, {is("email", text(address))}).size(), std::size_t{1},
                 "rows with the address");
  }
}

}  // namespace

std::vector<Case> storage_uniqueness_cases() {
  return {
      {"uniqueness", "a key or value that is taken is a CONFLICT, and the transaction goes on", taken},
      {"uniqueness", "the same inside one transaction", inside_one},
      {"uniqueness", "an entry with a NULL is never a duplicate", null_never_duplicate},
      {"uniqueness", "an update into a taken value is a CONFLICT and changes no row", update_into_taken},
      {"uniqueness", "a value is free again once rolled back or removed", free_again},
      {"uniqueness", "64 threads insert one value: one gets it", one_of_many},
  };
}

}  // namespace kit
