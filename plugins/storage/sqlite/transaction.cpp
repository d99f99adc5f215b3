#include "transaction.hpp"

#include "statements.hpp"

namespace sqlite_store {

using sdk::Failure;
using sdk::Status;
using storage_common::append_shape;

namespace {

using storage_common::above_prefix;

constexpr std::string_view too_late = "the transaction took too long";

int bind(Statement& statement, int place, std::span<const sdk::Match> matches,
         std::vector<std::string>& bounds) {
  for (const sdk::Match& match : matches) {
    if (match.value.type == DOORWARD_NULL) continue;
    statement.bind(place++, match.value);
    if (match.test != DOORWARD_STARTS_WITH) continue;
    std::string above = above_prefix(sdk::view(match.value.text));
    if (above.empty()) continue;
    bounds.reserve(matches.size());  // texts that are bound may not move
    bounds.push_back(std::move(above));
    statement.bind_text(place++, bounds.back(), match.value.type == DOORWARD_BYTES);
  }
  return place;
}

bool is_taken(const SqliteError& error) {
  return error.code() == SQLITE_CONSTRAINT_UNIQUE || error.code() == SQLITE_CONSTRAINT_PRIMARYKEY ||
         error.code() == SQLITE_CONSTRAINT_ROWID;
}

}  // namespace

Transaction::Transaction(Home& home, const std::string& path, Deadline deadline)
    : home_(home),
      connection_(path, deadline),
      begin_to_read_(connection_.raw(), "BEGIN"),
      begin_to_write_(connection_.raw(), "BEGIN IMMEDIATE"),
      commit_(connection_.raw(), "COMMIT"),
      rollback_(connection_.raw(), "ROLLBACK") {}

void Transaction::begin(sdk::Mode mode, Deadline deadline, const std::shared_ptr<const sdk::Schema>& schema) {
  mode_ = mode;
  removed_ = false;
  connection_.set_deadline(deadline);
  if (schema_ != schema) {
    connection_.forget_statements();
    schema_ = schema;
  }
  if (mode == sdk::Mode::write && !home_.turn.take(deadline))
    throw Failure(Status::unavailable, "other writers held the store for too long");
  try {
    Use(mode == sdk::Mode::write ? begin_to_write_ : begin_to_read_)->step();
  } catch (const SqliteError& error) {
    if (mode == sdk::Mode::write) home_.turn.give_back();
    if (error.primary() == SQLITE_BUSY)
      throw Failure(Status::unavailable, "other processes held the store for too long");
    fail(error);
  }
}

// What SQLite says, in the words of the border.
void Transaction::fail(const SqliteError& error) {
  switch (error.primary()) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: throw Failure(Status::busy, error.what());
    case SQLITE_INTERRUPT: throw Failure(Status::unavailable, std::string(too_late));
    case SQLITE_CONSTRAINT:
      if (is_taken(error)) throw Failure(Status::conflict, error.what());
      throw Failure(Status::invalid, error.what());
    case SQLITE_TOOBIG: throw Failure(Status::invalid, error.what());
    default: break;
  }
  broken_ = true;
  home_.report(error.what());
  throw Failure(Status::fault, error.what());
}

template <class Work>
auto Transaction::guarded(Work&& work) {
  if (broken_) throw Failure(Status::fault, "the transaction is broken and can only be rolled back");
  if (std::chrono::steady_clock::now() >= connection_.deadline())
    throw Failure(Status::unavailable, std::string(too_late));
  try {
    return work();
  } catch (const SqliteError& error) {
    // After some errors (disk full, interrupted) SQLite has rolled back by itself.
    if (!connection_.in_transaction()) broken_ = true;
    fail(error);
  }
}

const sdk::TableSpec& Transaction::table(const char* name, char operation) {
  const std::size_t place = schema_->table(name);
  shape_.assign({operation, static_cast<char>(place)});
  return *schema_->tables()[place];
}

const sdk::TableSpec& Transaction::table_to_write(const char* name, char operation) {
  if (mode_ == sdk::Mode::read) sdk::invalid("a transaction that reads can't write");
  return table(name, operation);
}

bool Transaction::insert(const char* name, std::span<const sdk::Cell> cells) {
  return guarded([&] {
    const sdk::TableSpec& table = table_to_write(name, 'i');
    storage_common::arrange(table, cells, cells_);
    Use statement(connection_.kept(shape_, [&] { return insert_sql(table); }));
    for (std::size_t i = 0; i < cells_.size(); ++i) statement->bind(static_cast<int>(i) + 1, cells_[i].value);
    try {
      statement->step();
    } catch (const SqliteError& error) {
      if (is_taken(error)) return false;
      throw;
    }
    return true;
  });
}

void Transaction::find(const char* name, std::span<const sdk::Match> matches, const sdk::Page* page,
                       const sdk::Rows& rows) {
  guarded([&] {
    const sdk::TableSpec& table = this->table(name, 'f');
    append_shape(shape_, table, matches);
    append_shape(shape_, table, page);
    Use statement(connection_.kept(shape_, [&] { return find_sql(table, matches, page); }));
    std::vector<std::string> bounds;
    const int place = bind(*statement, 1, matches, bounds);
    if (page != nullptr) {
      statement->bind(place, page->limit == 0 ? std::int64_t{-1} : std::int64_t{page->limit});
      statement->bind(place + 1, std::int64_t{page->offset});
    }
    while (statement->step()) hand_out(statement->raw(), table, rows);
  });
}

std::int64_t Transaction::update(const char* name, std::span<const sdk::Match> matches,
                                 std::span<const sdk::Change> changes) {
  return guarded([&] {
    const sdk::TableSpec& table = table_to_write(name, 'u');
    append_shape(shape_, table, changes);
    append_shape(shape_, table, matches);
    Use statement(connection_.kept(shape_, [&] { return update_sql(table, matches, changes); }));
    int place = 1;
    for (const sdk::Change& change : changes) statement->bind(place++, change.value);
    std::vector<std::string> bounds;
    bind(*statement, place, matches, bounds);
    statement->step();
    return connection_.changes();
  });
}

std::int64_t Transaction::remove(const char* name, std::span<const sdk::Match> matches,
                                 const sdk::Rows* taken) {
  return guarded([&] {
    const sdk::TableSpec& table = table_to_write(name, taken != nullptr ? 't' : 'r');
    append_shape(shape_, table, matches);
    Use statement(connection_.kept(shape_, [&] { return remove_sql(table, matches, taken != nullptr); }));
    std::vector<std::string> bounds;
    bind(*statement, 1, matches, bounds);
    // With RETURNING all rows are removed before the first one comes out.
    std::int64_t removed = 0;
    for (; statement->step(); ++removed) hand_out(statement->raw(), table, *taken);
    if (taken == nullptr) removed = connection_.changes();
    removed_ = removed_ || removed > 0;
    return removed;
  });
}

void Transaction::hand_out(sqlite3_stmt* statement, const sdk::TableSpec& table, const sdk::Rows& rows) {
  cells_.resize(table.fields.size());
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    const int column = static_cast<int>(i);
    cells_[i] = {table.fields[i].name.c_str(), {DOORWARD_NULL, 0, {nullptr, 0}}};
    sdk::Value& value = cells_[i].value;
    if (sqlite3_column_type(statement, column) == SQLITE_NULL) continue;
    value.type = table.fields[i].type;
    if (sdk::is_integer(value.type)) {
      value.number = sqlite3_column_int64(statement, column);
    } else {  // as a blob also where it is text: that spares the copy with a zero at its end
      value.text.data = static_cast<const char*>(sqlite3_column_blob(statement, column));
      value.text.size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
    }
  }
  rows(cells_);
}

void Transaction::finish() noexcept {
  if (mode_ == sdk::Mode::write) home_.turn.give_back();
}

void Transaction::commit() {
  if (broken_ || (mode_ == sdk::Mode::write && std::chrono::steady_clock::now() >= connection_.deadline())) {
    const Failure failure = broken_ ? Failure(Status::fault, "the transaction is broken and was rolled back")
                                    : Failure(Status::unavailable, std::string(too_late));
    rollback();
    throw failure;
  }
  try {
    Use(commit_)->step();
    finish();
    if (removed_) home_.note_removal();
  } catch (const SqliteError& error) {
    // The log may have been written and only the sync have failed: after a crash it could come to life again.
    broken_ = true;
    home_.report(error.what());
    rollback();
    throw Failure(Status::unavailable, error.what());
  }
}

void Transaction::rollback() noexcept {
  try {
    // A ROLLBACK does more, and there is nothing to take back where nothing was written.
    if (connection_.in_transaction()) Use(mode_ == sdk::Mode::write ? rollback_ : commit_)->step();
  } catch (const SqliteError& error) {  // closing the connection rolls back as well
    broken_ = true;
    home_.report(error.what());
  }
  finish();
}

}  // namespace sqlite_store
