// Stores whose change feed breaks one promise each, to prove that the kit finds it: storage/memory with a feed of its own among
// the instances of one process. Which promise, the setting `fault` says.
#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "memory_store.hpp"

namespace broken_feed {

namespace sdk = doorward::sdk;

class Ear {  // a listener with its thread
 public:
  Ear(const sdk::Listener& listener, bool early) : listener_(listener), early_(early) {
    thread_ = std::thread([this] { run(); });
  }
  ~Ear() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    thread_.join();
  }
  void put(const std::vector<std::string>& messages) {
    const std::lock_guard lock(mutex_);
    waiting_.insert(waiting_.end(), messages.begin(), messages.end());
  }

 private:
  void run() {
    listener_.restarted();
    std::unique_lock lock(mutex_);
    while (!ended_) {
      listener_.asking();
      if (early_) listener_.caught_up();
      changed_.wait_for(lock, std::chrono::milliseconds(early_ ? 100 : 2), [&] { return ended_; });
      // Early: what came in this round is told after the next caught_up() only.
      for (const std::string& message : early_ ? late_ : waiting_) listener_.heard(message);
      late_ = std::exchange(waiting_, {});
      if (!early_) {
        listener_.asking();
        listener_.caught_up();
      }
    }
  }
  const sdk::Listener listener_;
  const bool early_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> waiting_, late_;
  bool ended_ = false;
  std::thread thread_;
};

std::mutex ears_mutex;
std::vector<Ear*> ears;

struct Faults {
  explicit Faults(const std::string& name)
      : rollback_announces(name == "rollback_announces"),
        reversed(name == "reversed"),
        early(name == "caught_up_early"),
        only_own(name == "only_own"),
        twice(name == "twice"),
        heard_after_stop(name == "heard_after_stop") {}
  bool rollback_announces, reversed, early, only_own, twice, heard_after_stop;
};

class Transaction final : public sdk::Transaction {
 public:
  Transaction(sdk::Transaction* inner, const Faults& faults, sdk::Mode mode, Ear* own)
      : inner_(inner), faults_(faults), mode_(mode), own_(own) {}
  bool insert(const char* table, std::span<const sdk::Cell> cells) override {
    return inner_->insert(table, cells);
  }
  void find(const char* table, std::span<const sdk::Match> matches, const sdk::Page* page,
            const sdk::Rows& rows) override {
    inner_->find(table, matches, page, rows);
  }
  std::int64_t update(const char* table, std::span<const sdk::Match> matches,
                      std::span<const sdk::Change> changes) override {
    return inner_->update(table, matches, changes);
  }
  std::int64_t remove(const char* table, std::span<const sdk::Match> matches,
                      const sdk::Rows* taken) override {
    return inner_->remove(table, matches, taken);
  }
  void announce(std::string_view message) override {
    if (mode_ == sdk::Mode::read) throw sdk::Failure(sdk::Status::invalid, "a transaction that reads");
    messages_.emplace_back(message);
    if (faults_.twice) messages_.emplace_back(message);
  }
  void commit() override {
    inner_->commit();
    tell();
  }
  void rollback() noexcept override {
    inner_->rollback();
    if (faults_.rollback_announces) tell();
  }

 private:
  void tell() {
    if (faults_.reversed) std::reverse(messages_.begin(), messages_.end());
    const std::lock_guard lock(ears_mutex);
    for (Ear* ear : ears)
      if (!faults_.only_own || ear == own_) ear->put(messages_);
  }
  const std::unique_ptr<sdk::Transaction> inner_;
  const Faults faults_;
  const sdk::Mode mode_;
  Ear* const own_;
  std::vector<std::string> messages_;
};

class FeedStore final : public sdk::Storage {
 public:
  FeedStore(const sdk::Services& services, const sdk::Settings& settings)
      : store_(services, settings), faults_(settings.text("fault")) {}
  ~FeedStore() override { end(); }
  void start() override { store_.start(); }
  void stop() noexcept override {
    if (!faults_.heard_after_stop) end();
    store_.stop();
  }
  void prepare(std::span<const doorward_table> tables) override { store_.prepare(tables); }
  sdk::Transaction* begin(sdk::Mode mode, std::chrono::milliseconds timeout) override {
    return new Transaction(store_.begin(mode, timeout), faults_, mode,
                           ears_.empty() ? nullptr : ears_.back().get());
  }
  void listen(const sdk::Listener& listener) override {
    ears_.push_back(std::make_unique<Ear>(listener, faults_.early));
    const std::lock_guard lock(ears_mutex);
    ears.push_back(ears_.back().get());
  }

 private:
  void end() noexcept {
    for (const auto& own : ears_) {
      const std::lock_guard lock(ears_mutex);
      std::erase(ears, own.get());
    }
    ears_.clear();
  }
  memory_store::MemoryStore store_;
  const Faults faults_;
  std::vector<std::unique_ptr<Ear>> ears_;
};

constexpr sdk::Setting settings[] = {sdk::text_setting("fault", nullptr, "which promise is broken")};

}  // namespace broken_feed

DOORWARD_STORAGE_PLUGIN(broken_feed::FeedStore, "feed", "1.0.0", "Breaks one promise of the change feed",
                        broken_feed::settings, 0)
