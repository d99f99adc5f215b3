#include "memory_store.hpp"

namespace memory_store {

using sdk::Failure;
using sdk::Status;

namespace {

struct Undo {  // how to take back one change: remove `now` where it isn't empty, then put back `before`
  Table* table;
  Row now, before;
};

class Transaction final : public sdk::Transaction {
 public:
  Transaction(Data& data, Mode mode, Deadline deadline) : data_(data), mode_(mode), deadline_(deadline) {
    const bool entered =
        mode == Mode::read ? data.gate.enter_to_read(deadline) : data.gate.enter_to_write(deadline);
    if (!entered) throw Failure(Status::unavailable, "the store was held by others for too long");
  }

  bool insert(const char* name, std::span<const sdk::Cell> cells) override {
    Table& table = begin_write(name);
    Row row = table.make_row(cells);
    Undo undo{&table, row, {}};
    undo_.reserve(undo_.size() + 1);  // nothing may fail once the row is in
    if (!table.insert(std::move(row))) return false;
    undo_.push_back(std::move(undo));
    return true;
  }

  void find(const char* name, std::span<const sdk::Match> matches, const sdk::Page* page,
            const sdk::Rows& rows) override {
    check_time();
    const Table& table = data_.table(name);
    std::vector<const Row*> found = table.select(matches);
    table.sort(found, page);
    for (const Row* row : found) table.hand_out(*row, rows);
  }

  std::int64_t update(const char* name, std::span<const sdk::Match> matches,
                      std::span<const sdk::Change> changes) override {
    Table& table = begin_write(name);
    check_changes(table, changes);
    const std::vector<Row> found = copies(table.select(matches));
    const std::size_t before = undo_.size();
    try {
      for (const Row& row : found) {
        Row changed = table.changed_row(row, changes);
        undo_.push_back({&table, changed, row});
        if (table.replace(row, std::move(changed))) continue;
        undo_.pop_back();
        throw Failure(Status::conflict,
                      "a unique index of " + table.spec().name + " already holds this value");
      }
    } catch (...) {
      take_back(before);
      throw;
    }
    return static_cast<std::int64_t>(found.size());
  }

  std::int64_t remove(const char* name, std::span<const sdk::Match> matches,
                      const sdk::Rows* taken) override {
    Table& table = begin_write(name);
    const std::vector<Row> found = copies(table.select(matches));
    undo_.reserve(undo_.size() + found.size());
    for (const Row& row : found) {
      undo_.push_back({&table, {}, row});
      table.erase(row);
    }
    if (taken != nullptr)
      for (const Row& row : found) table.hand_out(row, *taken);
    return static_cast<std::int64_t>(found.size());
  }

  void commit() override {
    const bool late = std::chrono::steady_clock::now() > deadline_ && mode_ == Mode::write;
    if (late) take_back(0);
    leave();
    if (late) throw Failure(Status::unavailable, "the transaction took too long");
  }

  void rollback() noexcept override {
    take_back(0);
    leave();
  }

 private:
  static std::vector<Row> copies(const std::vector<const Row*>& rows) {
    std::vector<Row> copied;
    copied.reserve(rows.size());
    for (const Row* row : rows) copied.push_back(*row);
    return copied;
  }
  void check_time() const {
    if (std::chrono::steady_clock::now() > deadline_)
      throw Failure(Status::unavailable, "the transaction took too long");
  }
  Table& begin_write(const char* name) {
    check_time();
    if (mode_ == Mode::read) sdk::invalid("a transaction that reads can't write");
    return data_.table(name);
  }
  static void check_changes(const Table& table, std::span<const sdk::Change> changes) {
    if (changes.empty()) sdk::invalid("an update without changes");
    std::vector<std::size_t> fields;
    for (const sdk::Change& change : changes) {
      const std::size_t field = table.spec().check(change);
      if (std::find(fields.begin(), fields.end(), field) != fields.end())
        sdk::invalid(table.spec().name + "." + change.field + " is changed twice");
      fields.push_back(field);
    }
  }
  void take_back(std::size_t down_to) {
    for (; undo_.size() > down_to; undo_.pop_back()) {
      Undo& undo = undo_.back();
      if (!undo.now.empty()) undo.table->erase(undo.now);
      if (!undo.before.empty()) undo.table->insert(std::move(undo.before));
    }
  }
  void leave() {
    if (mode_ == Mode::read)
      data_.gate.leave_after_read();
    else
      data_.gate.leave_after_write();
  }

  Data& data_;
  const Mode mode_;
  const Deadline deadline_;
  std::vector<Undo> undo_;
};

}  // namespace

void MemoryStore::check_started() const {
  if (!started_) sdk::invalid("the store isn't started");
}

void MemoryStore::prepare(std::span<const doorward_table> tables) {
  check_started();
  if (!data_.gate.enter_to_write(Deadline::clock::now() + std::chrono::seconds(30)))
    throw Failure(Status::unavailable, "the store was held by others for too long");
  const struct Leave {
    Gate& gate;
    ~Leave() { gate.leave_after_write(); }
  } leave{data_.gate};
  sdk::Schema schema(data_.schema, tables);
  std::vector<Table> prepared = data_.tables;
  prepared.resize(schema.tables().size());
  for (std::size_t i = 0; i < prepared.size(); ++i) prepared[i].prepare(schema.tables()[i]);
  data_.tables = std::move(prepared);
  data_.schema = std::move(schema);
}

sdk::Transaction* MemoryStore::begin(Mode mode, std::chrono::milliseconds timeout) {
  check_started();
  return new Transaction(data_, mode, Deadline::clock::now() + timeout);
}

}  // namespace memory_store
