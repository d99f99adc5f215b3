// Stores that break one promise each, to prove that the kit finds it. They are the plugin storage/memory with a fault
// put between it and the border; which one, the setting `fault` says.
#include <doorward/sdk/schema.hpp>

#include <thread>
#include <type_traits>

#include "memory_store.hpp"

namespace broken_store {

namespace sdk = doorward::sdk;

enum class Fault {
  none,
  rollback_keeps,
  commit_forgets,
  each_call_commits,
  takers_get_all,
  adds_are_lost,
  conflict_unseen,
  order_ignored,
  null_is_below,
  unfit_taken,
  never_waits
};

Fault fault_called(const std::string& name) {
  constexpr const char* names[] = {"none",           "rollback_keeps", "commit_forgets",  "each_call_commits",
                                   "takers_get_all", "adds_are_lost",  "conflict_unseen", "order_ignored",
                                   "null_is_below",  "unfit_taken",    "never_waits"};
  for (std::size_t i = 0; i < std::size(names); ++i)
    if (name == names[i]) return static_cast<Fault>(i);
  throw sdk::Failure(sdk::Status::invalid, "fault: there is none called " + name);
}

class Transaction final : public sdk::Transaction {
 public:
  Transaction(memory_store::MemoryStore& store, Fault fault, sdk::Mode mode,
              std::chrono::milliseconds timeout)
      : store_(store), fault_(fault), mode_(mode), timeout_(timeout) {
    if (!is_each_call_alone()) begin();
  }

  bool insert(const char* table, std::span<const sdk::Cell> cells) override {
    return run([&](sdk::Transaction& tx) {
      try {
        const bool inserted = tx.insert(table, cells);
        return inserted || fault_ == Fault::conflict_unseen;
      } catch (const sdk::Failure& failure) {
        if (fault_ == Fault::unfit_taken && failure.status() == sdk::Status::invalid) return true;
        throw;
      }
    });
  }
  void find(const char* table, std::span<const sdk::Match> matches, const sdk::Page* page,
            const sdk::Rows& rows) override {
    run([&](sdk::Transaction& tx) {
      std::vector<sdk::Match> kept(matches.begin(), matches.end());
      if (fault_ == Fault::null_is_below)  // as SQL has it: NULL is not unlike anything
        for (const sdk::Match& match : matches)
          if (match.test == DOORWARD_IS_NOT && match.value.type != DOORWARD_NULL)
            kept.push_back({match.field, DOORWARD_IS_NOT, {DOORWARD_NULL, 0, {nullptr, 0}}});
      sdk::Page ascending{};
      if (page != nullptr) ascending = *page;
      if (fault_ == Fault::order_ignored) ascending.descending = 0;
      tx.find(table, kept, page == nullptr ? nullptr : &ascending, rows);
      return true;
    });
  }
  std::int64_t update(const char* table, std::span<const sdk::Match> matches,
                      std::span<const sdk::Change> changes) override {
    if (fault_ == Fault::adds_are_lost && changes.size() == 1 && changes.front().add != 0)
      return add_in_two_steps(table, matches, changes.front());
    return run([&](sdk::Transaction& tx) { return tx.update(table, matches, changes); });
  }
  std::int64_t remove(const char* table, std::span<const sdk::Match> matches,
                      const sdk::Rows* taken) override {
    if (fault_ == Fault::takers_get_all && taken != nullptr) return 1;  // tells everybody that they had it
    return run([&](sdk::Transaction& tx) { return tx.remove(table, matches, taken); });
  }
  void commit() override {
    if (inner_ == nullptr) return;
    if (fault_ == Fault::commit_forgets)
      inner_->rollback();
    else
      inner_->commit();
  }
  void rollback() noexcept override {
    if (inner_ == nullptr) return;
    if (fault_ == Fault::rollback_keeps && mode_ == sdk::Mode::write)
      inner_->commit();
    else
      inner_->rollback();
  }

 private:
  bool is_each_call_alone() const {
    return fault_ == Fault::each_call_commits || fault_ == Fault::adds_are_lost;
  }
  std::int64_t add_in_two_steps(const char* table, std::span<const sdk::Match> matches,
                                const sdk::Change& change) {
    std::int64_t sum = change.value.number;
    struct Reader {
      const char* field;
      std::int64_t& sum;
      static void read(void* self, const doorward_cell* cells, std::size_t count) noexcept {
        const auto& reader = *static_cast<Reader*>(self);
        for (const sdk::Cell& cell : std::span(cells, count))
          if (std::string_view(cell.field) == reader.field) reader.sum += cell.value.number;
      }
    } reader{change.field, sum};
    const doorward_rows rows{&reader, &Reader::read};
    run([&](sdk::Transaction& tx) {
      tx.find(table, matches, nullptr, sdk::Rows(rows, tx.inside_row));
      return true;
    });
    std::this_thread::yield();
    sdk::Change set = change;
    set.add = 0;
    set.value.number = sum;
    return run([&](sdk::Transaction& tx) { return tx.update(table, matches, std::span(&set, 1)); });
  }
  void begin() {
    inner_.reset(store_.begin(mode_, fault_ == Fault::never_waits ? std::chrono::hours(1) : timeout_));
  }
  template <class Work>
  std::invoke_result_t<Work, sdk::Transaction&> run(Work&& work) {
    if (!is_each_call_alone()) return work(*inner_);
    begin();
    const auto result = work(*inner_);
    inner_->commit();
    inner_.reset();
    return result;
  }

  memory_store::MemoryStore& store_;
  const Fault fault_;
  const sdk::Mode mode_;
  const std::chrono::milliseconds timeout_;
  std::unique_ptr<sdk::Transaction> inner_;
};

class BrokenStore final : public sdk::Storage {
 public:
  BrokenStore(const sdk::Services& services, const sdk::Settings& settings)
      : store_(services, settings), fault_(fault_called(settings.text("fault"))) {}
  void start() override { store_.start(); }
  void stop() noexcept override { store_.stop(); }
  void prepare(std::span<const doorward_table> tables) override { store_.prepare(tables); }
  sdk::Transaction* begin(sdk::Mode mode, std::chrono::milliseconds timeout) override {
    return new Transaction(store_, fault_, mode, timeout);
  }

 private:
  memory_store::MemoryStore store_;
  const Fault fault_;
};

constexpr sdk::Setting settings[] = {sdk::text_setting("fault", nullptr, "which promise is broken")};

}  // namespace broken_store

DOORWARD_STORAGE_PLUGIN(broken_store::BrokenStore, "broken", "1.0.0", "Breaks one promise",
                        broken_store::settings, 0)
