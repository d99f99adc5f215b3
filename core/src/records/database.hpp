// The way flows reach records: a transaction that is run again when somebody was in the way, and whose revocations
// are announced to every worker of the host around its commit, and to other hosts where the store has a change feed. A
// store that was closed (records/maintenance) takes no writes from it.
#pragma once
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <vector>

#include "records/epochs.hpp"
#include "records/store.hpp"

namespace doorward::records {

// One transaction. Nouns (Accounts, Sessions, ...) are made of it: Accounts(tx).by_id(id).
class Transaction {
 public:
  Transaction(StoreTransaction& store, Epochs& epochs) : store_(store), epochs_(epochs) {}

  StoreTransaction& store() { return store_; }

  // What this transaction ends must not be remembered by any worker once it is committed.
  void revoke_shard(std::uint32_t shard) { revoked_.push_back(shard); }
  // Roll back instead of committing, once the work has returned: a refusal found half-way.
  void abandon() { abandoned_ = true; }

 private:
  friend class Database;
  StoreTransaction& store_;
  Epochs& epochs_;
  std::vector<std::uint32_t> revoked_;
  bool abandoned_ = false;
};

class Database {  // any thread
 public:
  Database(Store& store, Epochs& epochs) : store_(store), epochs_(epochs) {}

  // To be done once before anything else; until then all throws Unavailable. Throws as Store::prepare does.
  void prepare(std::span<const Table> tables);

  // Runs `work` in a write transaction and commits, durably, when it returns; again from the start where the store says
  // Busy. An exception rolls back. Throws Unavailable when `timeout` has passed, ReadOnly where the store is closed.
  template <class Work>
  auto write(Work&& work, std::chrono::milliseconds timeout = default_timeout) {
    return run(Access::write, std::forward<Work>(work), timeout);
  }
  // The same on one consistent view, without writing.
  template <class Work>
  auto read(Work&& work, std::chrono::milliseconds timeout = default_timeout) {
    return run(Access::read, std::forward<Work>(work), timeout);
  }
  // write() in a closed store, too: for those who close, fill and open it.
  template <class Work>
  auto maintain(Work&& work, std::chrono::milliseconds timeout = default_timeout) {
    return run(Access::maintain, std::forward<Work>(work), timeout);
  }

  Store& store() { return store_; }
  Epochs& epochs() { return epochs_; }

  static constexpr std::chrono::milliseconds default_timeout{5000};

 private:
  enum class Access { read, write, maintain };
  using Attempt = std::function<void(Transaction&)>;
  void run_attempts(Access access, const Attempt& attempt, std::chrono::milliseconds timeout);

  template <class Work>
  auto run(Access access, Work&& work, std::chrono::milliseconds timeout) {
    using Answer = std::invoke_result_t<Work&, Transaction&>;
    if constexpr (std::is_void_v<Answer>) {
      run_attempts(access, [&](Transaction& tx) { work(tx); }, timeout);
    } else {
      std::optional<Answer> answer;
      run_attempts(access, [&](Transaction& tx) { answer.emplace(work(tx)); }, timeout);
      return std::move(*answer);
    }
  }

  Store& store_;
  Epochs& epochs_;
  std::atomic<bool> prepared_{false};
};

// Every row that matches, as Record. Record has `static const Table table` and `static Record read(std::span<const Value>)`.
template <class Record>
std::vector<Record> find_all(Transaction& tx, std::initializer_list<Match> matches,
                             const Page* page = nullptr) {
  std::vector<Record> found;
  tx.store().find(Record::table.name, std::span(matches.begin(), matches.size()), page,
                  [&](std::span<const Value> row) { found.push_back(Record::read(row)); });
  return found;
}

template <class Record>
std::optional<Record> find_one(Transaction& tx, std::initializer_list<Match> matches) {
  std::optional<Record> found;
  tx.store().find(Record::table.name, std::span(matches.begin(), matches.size()), nullptr,
                  [&](std::span<const Value> row) {
                    if (!found) found = Record::read(row);
                  });
  return found;
}

inline std::int64_t update(Transaction& tx, const Table& table, std::initializer_list<Match> matches,
                           std::initializer_list<Change> changes) {
  return tx.store().update(table.name, std::span(matches.begin(), matches.size()),
                           std::span(changes.begin(), changes.size()));
}

inline std::int64_t remove(Transaction& tx, const Table& table, std::initializer_list<Match> matches) {
  return tx.store().remove(table.name, std::span(matches.begin(), matches.size()), nullptr);
}

template <class Record>
std::optional<Record> take_one(Transaction& tx,
                               std::initializer_list<Match> matches) {  // removed, and given to us alone
  std::optional<Record> taken;
  const RowVisitor visit = [&](std::span<const Value> row) { taken = Record::read(row); };
  tx.store().remove(Record::table.name, std::span(matches.begin(), matches.size()), &visit);
  return taken;
}

// A text value that may be absent: empty is stored as null.
inline Value optional_text(std::string_view text) { return text.empty() ? Value{} : Value::of_text(text); }
inline Value optional_time(const std::optional<Time>& time) { return time ? Value::of_time(*time) : Value{}; }
inline std::optional<Time> read_optional_time(const Value& value) {
  return value.is_null() ? std::nullopt : std::optional(value.time());
}

}  // namespace doorward::records
