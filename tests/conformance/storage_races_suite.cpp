// Races: 64 threads at once, and several processes. A BUSY transaction is run again; nothing may be lost or doubled.
#include <atomic>
#include <thread>

#include "storage_calls.hpp"
#include "suites.hpp"

namespace kit {

namespace {

constexpr unsigned threads = 64;

void add_loses_nothing(Subject& subject) {
  Store store(subject);
  const Table table = accounts(subject);
  store.must_prepare({table});
  store.add(table, {account("a")});
  constexpr int each = 2;
  in_threads(threads, [&](unsigned) {
    for (int i = 0; i < each; ++i)
      store.must_retry(DOORWARD_WRITE, [&](Tx& tx) {
        std::int64_t changed = 0;
        return tx.update(table, {is("id", text("a"))}, {{"visits", number(1), true}}, changed);
      });
  });
  expect_equal(store.all(table).at(0).at(3).number, std::int64_t{threads * each}, "the sum");
}

void read_then_write_loses_nothing(Subject& subject) {
  Store store(subject);
  const Table table = accounts(subject);
  store.must_prepare({table});
  store.add(table, {account("a")});
  constexpr int each = 2;
  in_threads(threads, [&](unsigned) {
    for (int i = 0; i < each; ++i)
      store.must_retry(DOORWARD_WRITE, [&](Tx& tx) {
        Rows rows;
        if (const auto status = tx.find(table, {is("id", text("a"))}, nullptr, rows); status != DOORWARD_OK)
          return status;
        std::this_thread::yield();  // let others in between, where a store lets them
        std::int64_t changed = 0;
        return tx.update(table, {is("id", text("a"))}, {{"visits", number(rows.at(0).at(3).number + 1)}},
                         changed);
      });
  });
  expect_equal(store.all(table).at(0).at(3).number, std::int64_t{threads * each},
               "the sum of increments read and written back");
}

void one_takes(Subject& subject) {
  Store store(subject);
  const Table table = accounts(subject);
  store.must_prepare({table});
  constexpr int tokens = 6;
  for (int i = 0; i < tokens; ++i) store.add(table, {account("t" + std::to_string(i))});
  std::vector<std::atomic<int>> taken(tokens);
  in_threads(threads, [&](unsigned thread) {
    for (int i = 0; i < tokens; ++i) {
      const int token = (static_cast<int>(thread) + i) % tokens;
      const std::string id = "t" + std::to_string(token);
      Rows rows;
      std::int64_t removed = 0;
      store.must_retry(DOORWARD_WRITE, [&](Tx& tx) {
        rows.clear();
        return tx.remove(table, {is("id", text(id))}, &rows, removed);
      });
      expect_equal(static_cast<std::int64_t>(rows.size()), removed, "rows handed out");
      if (removed == 1) ++taken[static_cast<std::size_t>(token)];
    }
  });
  for (const auto& times : taken) expect_equal(times.load(), 1, "how often a token was taken");
  expect(store.all(table).empty(), "tokens are left");
}

void one_changes(Subject& subject) {
  Store store(subject);
  const Table table = accounts(subject);
  store.must_prepare({table});
  store.add(table, {account("a")});
  for (int round = 0; round < 4; ++round) {
    std::atomic<int> won = 0;
    in_threads(threads, [&](unsigned) {
      std::int64_t changed = 0;
      store.must_retry(DOORWARD_WRITE, [&](Tx& tx) {
        return tx.update(table, {is("id", text("a")), is("visits", number(round))},
                         {{"visits", number(round + 1)}}, changed);
      });
      if (changed == 1) ++won;
    });
    expect_equal(won.load(), 1, "threads whose guarded update changed the row");
  }
}

void sums_stay_whole(Subject& subject) {
  Store store(subject);
  const Table table = accounts(subject);
  store.must_prepare({table});
  constexpr int count = 10;
  for (int i = 0; i < count; ++i) store.add(table, {account("a" + std::to_string(i), 100)});
  std::atomic<bool> done = false;
  std::atomic<int> looks = 0;
  in_threads(16, [&](unsigned thread) {
    if (thread < 8) {
      for (int i = 0; i < 12; ++i)
        store.must_retry(DOORWARD_WRITE, [&](Tx& tx) {
          const std::string from = "a" + std::to_string((thread + static_cast<unsigned>(i)) % count);
          const std::string to = "a" + std::to_string((thread * 3 + 1 + static_cast<unsigned>(i)) % count);
          std::int64_t changed = 0;
          if (const auto status =
                  tx.update(table, {is("id", text(from))}, {{"visits", number(-7), true}}, changed);
              status != DOORWARD_OK)
            return status;
          return tx.update(table, {is("id", text(to))}, {{"visits", number(7), true}}, changed);
        });
      if (thread == 0) done = true;
      return;
    }
    while (!done || looks < 8) {
      std::int64_t sum = 0;
      for (const Row& row : store.all(table)) sum += row[3].number;
      expect_equal(sum, std::int64_t{100 * count}, "the sum that a reader sees");
      ++looks;
    }
  });
}

void processes_share(Subject& subject) {
  const Table table = accounts(subject);
  {
    Store store(subject);
    store.must_prepare({table});
    store.add(table, {account("a")});
  }
  constexpr int processes = 6, each = 15;
  in_children(processes, [&](unsigned process) {
    Store store(subject);
    store.must_prepare({table});
    for (int i = 0; i < each; ++i) {
      store.must_retry(DOORWARD_WRITE, [&](Tx& tx) {
        std::int64_t changed = 0;
        return tx.update(table, {is("id", text("a"))}, {{"visits", number(1), true}}, changed);
      });
      store.add(table, {account("p" + std::to_string(process) + "_" + std::to_string(i))});
    }
  });
  Store store(subject);
  store.must_prepare({table});
  expect_equal(store.all(table).size(), std::size_t{1 + processes * each}, "rows of six processes");
  expect_equal(store.read().must_find(table, {is("id", text("a"))}).at(0).at(3).number,
               std::int64_t{processes * each}, "the sum");
}

}  // namespace

std::vector<Case> storage_races_cases() {
  return {
      {"races", "64 threads add to one number: nothing is lost", add_loses_nothing},
      {"races", "64 threads read a number and write it back: nothing is lost", read_then_write_loses_nothing},
      {"races", "64 threads remove the same rows: each row goes to one", one_takes},
      {"races", "64 threads make the same guarded update: one changes the row", one_changes},
      {"races", "readers never see half of a transaction", sums_stay_whole},
      {"races", "six processes write at once", processes_share, true},
  };
}

}  // namespace kit
