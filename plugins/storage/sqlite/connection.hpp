// One open database and its prepared statements. A connection is used by one thread at a time and is opened after
// the fork: SQLite's handles and locks don't survive one.
#pragma once
#include <doorward/sdk/schema.hpp>
#include <sqlite3.h>

#include <chrono>
#include <string>
#include <unordered_map>

#include "common/turn.hpp"

namespace sqlite_store {

namespace sdk = doorward::sdk;
using storage_common::Deadline;
using storage_common::Turn;

// A failed call of SQLite: its extended result code, and a sentence for the log.
class SqliteError : public std::runtime_error {
 public:
  SqliteError(int code, const std::string& sentence) : std::runtime_error(sentence), code_(code) {}
  int code() const { return code_; }
  int primary() const { return code_ & 0xff; }

 private:
  int code_;
};

class Statement {  // prepared; bound from 1 on
 public:
  Statement(sqlite3* database, const std::string& sql);  // throws SqliteError
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement() { sqlite3_finalize(statement_); }

  void bind(int place, const sdk::Value& value);
  void bind(int place, std::int64_t number) { check(sqlite3_bind_int64(statement_, place, number)); }
  void bind_text(int place, std::string_view text, bool bytes);
  bool step();  // true: there is a row. Throws SqliteError
  void reset() noexcept { sqlite3_reset(statement_); }
  sqlite3_stmt* raw() { return statement_; }

 private:
  void check(int code) const;
  sqlite3_stmt* statement_ = nullptr;
};

// Resets a statement at the end of a call, however it ends: an open statement would hold its snapshot.
class Use {
 public:
  explicit Use(Statement& statement) : statement_(statement) {}
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;
  ~Use() { statement_.reset(); }
  Statement* operator->() { return &statement_; }
  Statement& operator*() { return statement_; }

 private:
  Statement& statement_;
};

class Connection {
 public:
  // Opens the file, which exists, and waits for others until `deadline`. Throws SqliteError.
  Connection(const std::string& path, Deadline deadline);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  // Until when calls may take; later they end with SQLITE_BUSY or SQLITE_INTERRUPT.
  void set_deadline(Deadline deadline) { deadline_ = deadline; }
  Deadline deadline() const { return deadline_; }

  void run(const std::string& sql);             // statements without values and rows; throws SqliteError
  std::int64_t number(const std::string& sql);  // the first column of the first row; 0 where there is none
  // The statement kept for this shape, prepared from sql() the first time.
  template <class MakeSql>
  Statement& kept(const std::string& shape, MakeSql&& sql) {
    const auto found = statements_.find(shape);
    return found != statements_.end() ? found->second : keep(shape, sql());
  }
  void forget_statements() { statements_.clear(); }
  bool in_transaction() const { return sqlite3_get_autocommit(database_) == 0; }
  std::int64_t changes() const { return sqlite3_changes64(database_); }
  sqlite3* raw() { return database_; }

 private:
  static int wait_for_others(void* self, int count) noexcept;
  static int is_too_late(void* self) noexcept;
  void configure();
  Statement& keep(const std::string& shape, const std::string& sql);

  sqlite3* database_ = nullptr;
  Deadline deadline_;
  std::unordered_map<std::string, Statement> statements_;
};

}  // namespace sqlite_store
