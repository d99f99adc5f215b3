#include "transaction.hpp"

namespace postgresql_store {

using sdk::Failure;
using sdk::Status;
using storage_common::append_shape;

namespace {

constexpr const char* begin_to_read = "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY";
constexpr const char* begin_to_write = "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE";

std::int64_t rows_touched(const PGresult* result) {
  const char* count = PQcmdTuples(const_cast<PGresult*>(result));  // it only reads
  std::int64_t number = 0;
  for (; *count >= '0' && *count <= '9'; ++count) number = number * 10 + (*count - '0');
  return number;
}

}  // namespace

Transaction::Transaction(Pool& pool, std::shared_ptr<const Ground> ground, sdk::Mode mode, Deadline deadline)
    : pool_(pool),
      ground_(std::move(ground)),
      mode_(mode),
      deadline_(deadline),
      connection_(pool.take(deadline)) {
  try {
    connection_->use_statements_of(ground_->number);
  } catch (const Lost& lost) {
    pool_.give_back(nullptr);
    throw Failure(Status::unavailable, lost.what());
  }
}

Transaction::~Transaction() { pool_.give_back(std::move(connection_)); }

void Transaction::refuse(Status status, const std::string& sentence) {
  over_.emplace(status, sentence);
  throw Failure(*over_);
}

void Transaction::check() {
  if (over_) throw Failure(*over_);
  if (Deadline::clock::now() >= deadline_)
    throw Failure(Status::unavailable, "the transaction took too long");
}

const sdk::TableSpec& Transaction::table(const char* name, char operation) {
  check();
  const std::size_t place = ground_->schema.table(name);
  shape_.assign({operation, static_cast<char>(place)});
  return *ground_->schema.tables()[place];
}

const sdk::TableSpec& Transaction::table_to_write(const char* name, char operation) {
  if (mode_ == sdk::Mode::read) sdk::invalid("a transaction that reads can't write");
  return table(name, operation);
}

template <class Queue>
Result Transaction::ask(Moment moment, Queue&& queue) {
  try {
    if (!begun_) connection_->queue(mode_ == sdk::Mode::read ? begin_to_read : begin_to_write);
    begun_ = true;
    queue(*connection_);
    return connection_->finish({deadline_});
  } catch (const Late& late) {
    // A COMMIT that waits for a synchronous standby must not be cancelled: the server would then call it done.
    pool_.end(std::move(connection_), moment == Moment::inside);
    refuse(Status::unavailable, late.what());
  } catch (const Lost& lost) {
    connection_.reset();
    pool_.drop_idle();
    pool_.report("the connection was lost: " + std::string(lost.what()));
    refuse(Status::unavailable, lost.what());
  } catch (const ServerError& error) {
    if (!ends_connection(error)) throw;
    connection_.reset();
    pool_.drop_idle();
    pool_.report(advised(error.state(), error.what()));
    refuse(Status::unavailable, error.what());
  }
}

Failure Transaction::failure_of(const ServerError& error) {
  const Status status = status_of(error);
  if (status == Status::fault || status == Status::unavailable || lacks_memory(error.state()))
    pool_.report(advised(error.state(), error.what()));
  return {status, error.what()};
}

// After an error PostgreSQL refuses all but ROLLBACK.
template <class Work>
auto Transaction::guarded(Work&& work) {
  try {
    return work();
  } catch (const ServerError& error) {
    over_.emplace(failure_of(error));
    throw Failure(*over_);
  }
}

bool Transaction::insert(const char* name, std::span<const sdk::Cell> cells) {
  const sdk::TableSpec& table = table_to_write(name, 'i');
  storage_common::arrange(table, cells, cells_);
  const bool text_key = !sdk::is_integer(table.fields.front().type);
  if (text_key && cells_.front().value.text.size > longest_key)
    sdk::invalid(table.name + ": a key has " + std::to_string(longest_key) + " bytes at most");
  Parameters parameters;
  for (std::size_t i = 0; i < cells_.size(); ++i) parameters.add(cells_[i].value, table.fields[i].type);
  return guarded([&] {
    const Result result = ask(Moment::inside, [&](Connection& connection) {
      connection.queue(shape_, parameters, [&] { return ground_->statements.insert(table); });
    });
    if (rows_touched(result.get()) == 1) return true;
    shape_[0] = 'W';
    const Result holders = ask(Moment::inside, [&](Connection& connection) {
      connection.queue(shape_, parameters, [&] { return ground_->statements.in_the_way(table); });
    });
    if (number_of(holders.get(), 0, 0) == 0) refuse_taken_meanwhile();
    return false;
  });
}

void Transaction::find(const char* name, std::span<const sdk::Match> matches, const sdk::Page* page,
                       const sdk::Rows& rows) {
  const sdk::TableSpec& table = this->table(name, 'f');
  append_shape(shape_, table, matches);
  append_shape(shape_, table, page);
  Parameters parameters;
  bind(table, matches, parameters);
  if (page != nullptr) {
    page->limit == 0 ? parameters.add_null_number() : parameters.add_number(page->limit);
    parameters.add_number(page->offset);
  }
  const Result result = guarded([&] {
    return ask(Moment::inside, [&](Connection& connection) {
      connection.queue(shape_, parameters, [&] { return ground_->statements.find(table, matches, page); });
    });
  });
  hand_out(result.get(), table, rows);
}

std::int64_t Transaction::update(const char* name, std::span<const sdk::Match> matches,
                                 std::span<const sdk::Change> changes) {
  const sdk::TableSpec& table = table_to_write(name, 'u');
  append_shape(shape_, table, changes);
  append_shape(shape_, table, matches);
  Parameters parameters;
  bool may_be_refused = is_unique(table, changes);
  for (const sdk::Change& change : changes) {
    parameters.add(change.value, table.fields[table.field(change.field)].type);
    may_be_refused = may_be_refused || change.add != 0;  // a sum that no number holds
  }
  bind(table, matches, parameters);
  return guarded([&] {
    try {
      const Result result = ask(Moment::inside, [&](Connection& connection) {
        if (may_be_refused) connection.queue("SAVEPOINT before");
        connection.queue(shape_, parameters,
                         [&] { return ground_->statements.update(table, matches, changes); });
        if (may_be_refused) connection.queue("RELEASE before");
      });
      return rows_touched(result.get());
    } catch (const ServerError& error) {
      const Failure failure = failure_of(error);
      const bool taken = failure.status() == Status::conflict;
      if (!may_be_refused || (!taken && failure.status() != Status::invalid)) throw;
      ask(Moment::inside, [](Connection& connection) {
        connection.queue("ROLLBACK TO before");
        connection.queue("RELEASE before");
      });
      if (taken && !is_held(table, matches, changes, parameters)) refuse_taken_meanwhile();
      throw Failure(failure);
    }
  });
}

// A unique value that somebody took after our view was made is a conflict all the same, but not one that this view can explain:
// then the transaction has to be run again. That's why the holder is read; reading also makes it known to PostgreSQL's
// serialization, to which neither the error of an update nor, before 15.20, ON CONFLICT counts as a look.
void Transaction::refuse_taken_meanwhile() { refuse(Status::busy, "a unique value was taken meanwhile"); }

bool Transaction::is_held(const sdk::TableSpec& table, std::span<const sdk::Match> matches,
                          std::span<const sdk::Change> changes, const Parameters& parameters) {
  for (const sdk::Change& change : changes)
    if (change.add != 0 && is_unique(table, std::span(&change, 1))) return true;
  shape_[0] = 'H';
  const Result result = ask(Moment::inside, [&](Connection& connection) {
    connection.queue(shape_, parameters,
                     [&] { return ground_->statements.holders(table, matches, changes); });
  });
  const bool among_themselves = number_of(result.get(), 0, 1) > 1;
  return number_of(result.get(), 0, 0) > 0 || among_themselves;
}

std::int64_t Transaction::remove(const char* name, std::span<const sdk::Match> matches,
                                 const sdk::Rows* taken) {
  const sdk::TableSpec& table = table_to_write(name, taken != nullptr ? 't' : 'r');
  append_shape(shape_, table, matches);
  Parameters parameters;
  bind(table, matches, parameters);
  const Result result = guarded([&] {
    return ask(Moment::inside, [&](Connection& connection) {
      connection.queue(shape_, parameters,
                       [&] { return ground_->statements.remove(table, matches, taken != nullptr); });
    });
  });
  if (taken != nullptr) hand_out(result.get(), table, *taken);
  return rows_touched(result.get());
}

void Transaction::hand_out(const PGresult* result, const sdk::TableSpec& table, const sdk::Rows& rows) {
  cells_.resize(table.fields.size());
  for (int row = 0; row < PQntuples(result); ++row) {
    for (std::size_t i = 0; i < cells_.size(); ++i)
      cells_[i] = {table.fields[i].name.c_str(),
                   value_of(result, row, static_cast<int>(i), table.fields[i].type)};
    rows(cells_);
  }
}

void Transaction::announce(std::string_view message) {
  if (mode_ == sdk::Mode::read) sdk::invalid("a transaction that reads can't announce");
  check();
  announcements_.emplace_back(message);
}

void Transaction::commit() {
  try {
    check();
    if (!begun_ && announcements_.empty()) return;
    guarded([&] {
      return ask(Moment::committing, [&](Connection& connection) {
        for (const std::string& message : announcements_) {
          Parameters parameters;
          parameters.add(ground_->channel);
          parameters.add(message);
          connection.queue("n", parameters, [] {
            return std::string("SELECT pg_notify(convert_from($1,'UTF8'),convert_from($2,'UTF8'))");
          });
        }
        connection.queue("COMMIT");
      });
    });
    begun_ = false;
    if (connection_->tag() != "COMMIT")
      throw Failure(Status::fault, "the server rolled the transaction back");
  } catch (...) {
    rollback();
    throw;
  }
  if (!connection_->warned()) return;
  // "canceling wait for synchronous replication": committed here, perhaps lost where the standby takes over.
  connection_.reset();
  pool_.report("a commit came back with a warning: it may not have reached the standby");
  throw Failure(Status::unavailable, "the commit may not have reached the standby");
}

void Transaction::rollback() noexcept {
  if (!begun_ || connection_ == nullptr) return;
  begun_ = false;
  try {
    connection_->queue("ROLLBACK");
    connection_->leave();
  } catch (const std::exception&) {  // closing the connection rolls back as well
    connection_.reset();
  }
}

}  // namespace postgresql_store
