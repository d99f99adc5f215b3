#include "connection.hpp"

#include <time.h>
#include <unistd.h>

namespace sqlite_store {

namespace {

constexpr std::size_t most_statements = 512;                  // far more shapes than the engine has
constexpr int operations_between_looks_at_the_clock = 20000;  // some hundred microseconds

[[noreturn]] void fail(sqlite3* database, int code, const std::string& what) {
  const int extended = database != nullptr ? sqlite3_extended_errcode(database) : code;
  const char* message = database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code);
  throw SqliteError((extended & 0xff) == (code & 0xff) ? extended : code,
                    std::string(message) + " (" + std::to_string(code) + ") at " + what);
}

}  // namespace

Statement::Statement(sqlite3* database, const std::string& sql) {
  const int code = sqlite3_prepare_v3(database, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement_, nullptr);
  if (code != SQLITE_OK) fail(database, code, sql);
}

void Statement::check(int code) const {
  if (code != SQLITE_OK) fail(sqlite3_db_handle(statement_), code, sqlite3_sql(statement_));
}

void Statement::bind_text(int place, std::string_view text, bool bytes) {
  const char* data = text.empty() ? "" : text.data();  // a null pointer would bind NULL
  check(bytes ? sqlite3_bind_blob64(statement_, place, data, text.size(), SQLITE_STATIC)
              : sqlite3_bind_text64(statement_, place, data, text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void Statement::bind(int place, const sdk::Value& value) {
  if (value.type == DOORWARD_NULL)
    check(sqlite3_bind_null(statement_, place));
  else if (sdk::is_integer(value.type))
    check(sqlite3_bind_int64(statement_, place, value.number));
  else
    bind_text(place, sdk::view(value.text), value.type == DOORWARD_BYTES);
}

bool Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  fail(sqlite3_db_handle(statement_), code, sqlite3_sql(statement_));
}

Connection::Connection(const std::string& path, Deadline deadline) : deadline_(deadline) {
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path.c_str(), &database_, flags, nullptr);
  try {
    if (code != SQLITE_OK) fail(database_, code, "opening " + path);
    if (sqlite3_db_readonly(database_, "main") == 1)
      throw SqliteError(SQLITE_READONLY, "it can't be written by user " + std::to_string(::geteuid()));
    configure();
  } catch (...) {
    sqlite3_close_v2(database_);
    throw;
  }
}

Connection::~Connection() {
  statements_.clear();
  sqlite3_close_v2(database_);
}

void Connection::configure() {
  sqlite3_busy_handler(database_, &wait_for_others, this);
  sqlite3_progress_handler(database_, operations_between_looks_at_the_clock, &is_too_late, this);
  sqlite3_db_config(database_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(database_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(database_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(database_, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  // Two processes that switch a new file to WAL at once get SQLITE_BUSY without the handler being asked.
  for (int count = 0;; ++count) {
    try {
      run("PRAGMA journal_mode=WAL");
      break;
    } catch (const SqliteError& error) {
      if (error.primary() != SQLITE_BUSY || wait_for_others(this, count) == 0) throw;
    }
  }
  run("PRAGMA synchronous=FULL");
  run("PRAGMA secure_delete=ON");
  run("PRAGMA temp_store=MEMORY");
  run("PRAGMA mmap_size=1073741824");
  run("PRAGMA journal_size_limit=67108864");
}

int Connection::wait_for_others(void* self, int count) noexcept {
  if (std::chrono::steady_clock::now() >= static_cast<Connection*>(self)->deadline_) return 0;
  const long microseconds = count < 4 ? 50 : count < 20 ? 200 : 1000;
  const timespec pause{0, microseconds * 1000};
  ::nanosleep(&pause, nullptr);
  return 1;
}

int Connection::is_too_late(void* self) noexcept {
  return std::chrono::steady_clock::now() >= static_cast<Connection*>(self)->deadline_ ? 1 : 0;
}

void Connection::run(const std::string& sql) {
  if (const int code = sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr); code != SQLITE_OK)
    fail(database_, code, sql);
}

std::int64_t Connection::number(const std::string& sql) {
  Statement statement(database_, sql);
  return statement.step() ? sqlite3_column_int64(statement.raw(), 0) : 0;
}

Statement& Connection::keep(const std::string& shape, const std::string& sql) {
  if (statements_.size() >= most_statements) statements_.clear();
  return statements_.try_emplace(shape, database_, sql).first->second;
}

}  // namespace sqlite_store
