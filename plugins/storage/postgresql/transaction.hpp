// A transaction on one of the pool's connections. BEGIN travels with the first statement, announcements with COMMIT, and nobody
// waits for the answer to a ROLLBACK.
#pragma once
#include <optional>

#include "pool.hpp"
#include "statements.hpp"

namespace postgresql_store {

// What transactions of one schema share; made anew by each prepare().
struct Ground {
  unsigned number = 0;  // of the prepare()
  sdk::Schema schema;
  Statements statements;
  std::string channel;
};

class Transaction final : public sdk::Transaction {
 public:
  // Throws Failure. Nothing is sent yet.
  Transaction(Pool& pool, std::shared_ptr<const Ground> ground, sdk::Mode mode, Deadline deadline);
  ~Transaction() override;

  bool insert(const char* table, std::span<const sdk::Cell> cells) override;
  void find(const char* table, std::span<const sdk::Match> matches, const sdk::Page* page,
            const sdk::Rows& rows) override;
  std::int64_t update(const char* table, std::span<const sdk::Match> matches,
                      std::span<const sdk::Change> changes) override;
  std::int64_t remove(const char* table, std::span<const sdk::Match> matches,
                      const sdk::Rows* taken) override;
  void announce(std::string_view message) override;
  void commit() override;
  void rollback() noexcept override;

 private:
  enum class Moment { inside, committing };
  const sdk::TableSpec& table(const char* name, char operation);  // begins shape_
  const sdk::TableSpec& table_to_write(const char* name, char operation);
  void check();  // throws where nothing more can be done
  // Sends what `queue` queues, together with BEGIN where it wasn't sent yet, and waits: one round trip. A ServerError goes out
  // as it is, since some callers know what to do.
  template <class Queue>
  Result ask(Moment moment, Queue&& queue);
  [[noreturn]] void refuse(sdk::Status status, const std::string& sentence);  // and all that follows
  [[noreturn]] void refuse_taken_meanwhile();
  sdk::Failure failure_of(const ServerError& error);
  template <class Work>
  auto guarded(Work&& work);  // a ServerError ends the transaction
  bool is_held(const sdk::TableSpec& table, std::span<const sdk::Match> matches,
               std::span<const sdk::Change> changes, const Parameters& parameters);
  void hand_out(const PGresult* result, const sdk::TableSpec& table, const sdk::Rows& rows);

  Pool& pool_;
  const std::shared_ptr<const Ground> ground_;
  const sdk::Mode mode_;
  const Deadline deadline_;
  std::unique_ptr<Connection> connection_;
  std::string shape_;  // of the call under way
  std::vector<sdk::Cell> cells_;
  std::vector<std::string> announcements_;
  std::optional<sdk::Failure> over_;  // what every further call gets
  bool begun_ = false;
};

}  // namespace postgresql_store
