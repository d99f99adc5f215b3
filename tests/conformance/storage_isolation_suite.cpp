// Isolation: as if transactions ran one after another, and nobody waits for ever.
#include <atomic>
#include <chrono>
#include <thread>

#include "storage_calls.hpp"
#include "suites.hpp"

namespace kit {

namespace {

constexpr std::uint32_t short_wait = 150;  // milliseconds: how long a store may make the other side wait here

bool gave_way(doorward_status status) { return status == DOORWARD_BUSY || status == DOORWARD_UNAVAILABLE; }

// In another thread, since a transaction belongs to the one that began it; gives the last status.
doorward_status elsewhere(Store& store, doorward_mode mode, const std::function<doorward_status(Tx&)>& work) {
  doorward_status status = DOORWARD_FAULT;
  in_threads(1, [&](unsigned) {
    std::optional<Tx> tx;
    status = store.try_begin(mode, short_wait, tx);
    if (status == DOORWARD_OK) status = work(*tx);
    if (status == DOORWARD_OK) status = tx->commit();
  });
  return status;
}

void unfinished_unseen(Subject& subject) {
  Store store(subject);
  const Table table = accounts(subject);
  store.must_prepare({table});
  store.add(table, {account("a")});
  Tx tx = store.write();
  tx.must_insert(table, account("b"));
  tx.must_update(table, {is("id", text("a"))}, {{"visits", number(9)}});
  const doorward_status status = elsewhere(store, DOORWARD_READ, [&](Tx& other) {
    Rows rows;
    const doorward_status found = other.find(table, {}, nullptr, rows);
    if (found == DOORWARD_OK)
      expect_rows(rows, {account("a")}, "what another transaction sees of an unfinished one");
    return found;
  });
  expect(status == DOORWARD_OK || gave_way(status), std::string("the reader got ") + status_name(status));
  tx.must_commit();
  expect_rows(store.all(table), {account("a", 9), account("b")}, "rows once it is committed");
}

void view_stays(Subject& subject) {
  Store store(subject);
  const Table table = accounts(subject), other_table = accounts(subject);
  store.must_prepare({table, other_table});
  store.add(table, {account("a")});
  Tx tx = store.read();
  expect_rows(tx.must_find(table), {account("a")}, "the first look");
  const doorward_status status = elsewhere(store, DOORWARD_WRITE, [&](Tx& other) {
    std::int64_t changed = 0;
    other.insert(table, account("b"));
    other.insert(other_table, account("c"));
    return other.update(table, {is("id", text("a"))}, {{"visits", number(1), true}}, changed);
  });
  expect(status == DOORWARD_OK || gave_way(status), std::string("the writer got ") + status_name(status));
  Rows again, others;
  const doorward_status second = tx.find(table, {}, nullptr, again);
  const doorward_status third = second == DOORWARD_OK ? tx.find(other_table, {}, nullptr, others) : second;
  expect(third == DOORWARD_OK || third == DOORWARD_BUSY,
         std::string("the second look got ") + status_name(third));
  if (third != DOORWARD_OK) return;
  expect_rows(again, {account("a")}, "the second look of one transaction");
  expect_rows(others, {}, "another table, looked at later");
}

// Two doctors on call; each goes home if the other one stays. One at least has to stay.
void write_skew(Subject& subject) {
  Store store(subject);
  const Table table = accounts(subject);
  store.must_prepare({table});
  for (int round = 0; round < 10; ++round) {
    const std::string a = "a" + std::to_string(round), b = "b" + std::to_string(round);
    store.add(table, {account(a, 1), account(b, 1)});
    in_threads(2, [&](unsigned thread) {
      const doorward_status status = store.retry(DOORWARD_WRITE, [&](Tx& tx) {
        Rows rows;
        if (const auto found = tx.find(table, {is("id", text(thread == 0 ? b : a))}, nullptr, rows);
            found != DOORWARD_OK)
          return found;
        std::this_thread::yield();
        std::int64_t changed = 0;
        if (rows.at(0).at(3).number == 0) return DOORWARD_OK;
        return tx.update(table, {is("id", text(thread == 0 ? a : b))}, {{"visits", number(0)}}, changed);
      });
      expect_status(status, DOORWARD_OK, "the transaction");
    });
    const Rows rows =
        store.read().must_find(table, {is("visits", number(1)), {"id", DOORWARD_STARTS_WITH, text("")}});
    std::size_t here = 0;
    for (const Row& row : rows) here += row[0] == text(a) || row[0] == text(b) ? 1u : 0u;
    expect_equal(here, std::size_t{1}, "doctors left on call");
  }
}

// At most three rows, counted before each insert: rows that weren't there can't be locked, and still count.
void phantoms(Subject& subject) {
  Store store(subject);
  const Table table = accounts(subject);
  store.must_prepare({table});
  in_threads(32, [&](unsigned i) {
    store.must_retry(DOORWARD_WRITE, [&](Tx& tx) {
      Rows rows;
      if (const auto found = tx.find(table, {is("organization", text("acme"))}, nullptr, rows);
          found != DOORWARD_OK)
        return found;
      return rows.size() < 3 ? tx.insert(table, account("a" + std::to_string(i))) : DOORWARD_OK;
    });
  });
  expect_equal(store.all(table).size(), std::size_t{3}, "rows of which there may be three");
}

// A value that is found taken was looked at, too. One takes a second name if the first is taken, the other one gives the first
// up if nobody has the second: whoever comes first, the other one sees it.
void conflict_is_a_look(Subject& subject) {
  Store store(subject);
  const Table table = accounts(subject);
  store.must_prepare({table});
  for (int round = 0; round < 9; ++round) {
    const std::string first = "first" + std::to_string(round), second = "second" + std::to_string(round),
                      third = "third" + std::to_string(round);
    const Value address = account(first)[1];
    store.add(table, {account(first), account(third)});
    Tx one = store.write();
    std::int64_t count = 0;
    doorward_status inside = round % 3 == 0 ? one.insert(table, account(first))
                             : round % 3 == 1
                                 ? one.insert(table, {text("x"), address, null(), number(0)})
                                 : one.update(table, {is("id", text(third))}, {{"email", address}}, count);
    expect_status(inside, DOORWARD_CONFLICT, "a taken value");
    bool was_free = false;
    const doorward_status outside = elsewhere(store, DOORWARD_WRITE, [&](Tx& other) {
      Rows rows;
      const doorward_status found = other.find(table, {is("id", text(second))}, nullptr, rows);
      was_free = rows.empty();
      return found == DOORWARD_OK ? other.remove(table, {is("id", text(first))}, nullptr, count) : found;
    });
    expect(outside == DOORWARD_OK || gave_way(outside),
           std::string("the other one got ") + status_name(outside));
    inside = one.insert(table, account(second));
    if (inside == DOORWARD_OK) inside = one.commit();
    expect(inside == DOORWARD_OK || gave_way(inside),
           std::string("the first one got ") + status_name(inside));
    expect(!(inside == DOORWARD_OK && outside == DOORWARD_OK && was_free),
           "round " + std::to_string(round) +
               ": one found the first name taken, the other the second one free, and both were done");
  }
}

void deadline_kept(Subject& subject) {
  Store store(subject);
  const Table table = accounts(subject);
  store.must_prepare({table});
  Tx tx = store.write();
  tx.must_insert(table, account("a"));
  const auto begin = std::chrono::steady_clock::now();
  const doorward_status status =
      elsewhere(store, DOORWARD_WRITE, [&](Tx& other) { return other.insert(table, account("a")); });
  const auto waited = std::chrono::steady_clock::now() - begin;
  expect(gave_way(status), std::string("a writer beside a writer got ") + status_name(status));
  expect(waited < std::chrono::seconds(10), "it waited far beyond its deadline");
  tx.must_commit();
  store.add(table, {account("b")});
}

void late_is_refused(Subject& subject) {
  Store store(subject);
  const Table table = accounts(subject);
  store.must_prepare({table});
  std::optional<Tx> tx;
  auto until = std::chrono::steady_clock::now();
  doorward_status begun = DOORWARD_UNAVAILABLE;
  for (std::uint32_t wait = 50; gave_way(begun) && wait < 60000;
       wait *= 2) {  // a slow machine needs more to begin
    until = std::chrono::steady_clock::now() + std::chrono::milliseconds(wait + 10);
    begun = store.try_begin(DOORWARD_WRITE, wait, tx);
    if (begun == DOORWARD_OK) begun = tx->insert(table, account("a"));
  }
  expect_status(begun, DOORWARD_OK, "the first call");
  while (std::chrono::steady_clock::now() < until) std::this_thread::yield();
  const doorward_status status = tx->insert(table, account("b"));
  expect(gave_way(status), std::string("a call after the deadline got ") + status_name(status));
  const doorward_status end = tx->commit();
  expect(gave_way(end), std::string("a commit after the deadline got ") + status_name(end));
  expect(store.all(table).empty(), "rows of a transaction that came too late");
}

}  // namespace

std::vector<Case> storage_isolation_cases() {
  return {
      {"isolation", "nobody sees an unfinished transaction", unfinished_unseen},
      {"isolation", "one transaction has one view, over all tables", view_stays},
      {"isolation", "write skew: two can't each rely on what the other changes", write_skew},
      {"isolation", "phantoms: rows that others insert count too", phantoms},
      {"isolation", "a value found taken counts as a look at it", conflict_is_a_look},
      {"isolation", "a writer beside a writer gives up at its deadline", deadline_kept},
      {"isolation", "after its deadline a transaction does nothing more", late_is_refused},
  };
}

}  // namespace kit
