// A transaction and the connection that it runs on; both are kept together for the next one.
#pragma once
#include <memory>
#include <vector>

#include "connection.hpp"

namespace sqlite_store {

class Transaction;

// Where transactions come from and go back to.
class Home {
 public:
  virtual ~Home() = default;
  virtual void give_back(Transaction& transaction) noexcept = 0;
  virtual void report(const std::string& sentence) noexcept = 0;  // for the log: broken surroundings
  virtual void note_removal() noexcept = 0;                       // a commit has removed rows
  Turn turn;
};

class Transaction final : public sdk::Transaction {
 public:
  Transaction(Home& home, const std::string& path, Deadline deadline);  // throws SqliteError

  // Throws Failure; then it has not begun.
  void begin(sdk::Mode mode, Deadline deadline, const std::shared_ptr<const sdk::Schema>& schema);

  bool insert(const char* table, std::span<const sdk::Cell> cells) override;
  void find(const char* table, std::span<const sdk::Match> matches, const sdk::Page* page,
            const sdk::Rows& rows) override;
  std::int64_t update(const char* table, std::span<const sdk::Match> matches,
                      std::span<const sdk::Change> changes) override;
  std::int64_t remove(const char* table, std::span<const sdk::Match> matches,
                      const sdk::Rows* taken) override;
  void commit() override;
  void rollback() noexcept override;
  void release() noexcept override { home_.give_back(*this); }

  bool is_broken() const { return broken_; }  // its connection is not to be used again

 private:
  template <class Work>
  auto guarded(Work&& work);
  [[noreturn]] void fail(const SqliteError& error);
  const sdk::TableSpec& table(const char* name, char operation);  // begins shape_
  const sdk::TableSpec& table_to_write(const char* name, char operation);
  void hand_out(sqlite3_stmt* statement, const sdk::TableSpec& table, const sdk::Rows& rows);
  void finish() noexcept;

  Home& home_;
  Connection connection_;
  Statement begin_to_read_, begin_to_write_, commit_, rollback_;
  std::shared_ptr<const sdk::Schema> schema_;
  std::string shape_;             // of the call under way
  std::vector<sdk::Cell> cells_;  // of the row that is handed out
  sdk::Mode mode_ = sdk::Mode::read;
  bool removed_ = false;  // something, in the transaction under way
  bool broken_ = false;
};

}  // namespace sqlite_store
