// An outbox with everything around it that a test can hold in its hands: a store in memory, a clock that
// stands still, a mailer that does as it is told, letters without a theme.
#pragma once
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <mutex>
#include <random>

#include "base/errors.hpp"
#include "mail/dispatcher.hpp"
#include "mail/outbox.hpp"
#include "plugin_host/storage_client.hpp"
#include "records/outbox_message.hpp"
#include "records/schema.hpp"

namespace doorward::mail {

using namespace std::chrono_literals;

inline const Time morning = Time(std::chrono::sys_days(std::chrono::year(2027) / 1 / 4)) + 8h;

class StandingClock final : public Clock {
 public:
  Time now() const override { return Time(Duration(now_.load())); }
  void advance(Duration by) { now_ += by.count(); }

 private:
  std::atomic<std::int64_t> now_{to_microseconds(morning)};
};

class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed = 1) : engine_(seed) {}
  void fill(std::span<std::byte> out) override {
    const std::lock_guard lock(mutex_);
    for (std::byte& byte : out) byte = static_cast<std::byte>(engine_());
  }

 private:
  std::mutex mutex_;
  std::mt19937_64 engine_;
};

class LogLines final : public Log {
 public:
  void write(Level level, std::string_view line) override {
    const std::lock_guard lock(mutex_);
    (level == Level::warning ? warnings : lines).emplace_back(line);
  }
  std::vector<std::string> lines, warnings;

 private:
  std::mutex mutex_;
};

class ToldSender final : public Sender {
 public:
  Sent send(const Letter& letter, std::chrono::milliseconds) override {
    std::function<Sent(const Letter&)> told;
    {
      const std::lock_guard lock(mutex_);
      letters.push_back(letter);
      told = answer;  // which may tell us something else for the next
    }
    return told(letter);
  }
  std::function<Sent(const Letter&)> answer = [](const Letter&) { return Sent{Sent::Outcome::accepted, {}}; };
  std::vector<Letter> letters;

 private:
  std::mutex mutex_;
};

class PlainRenderer final : public pages::Renderer {
 public:
  std::string page(std::string_view, const nlohmann::json&, const pages::Reader&) const override {
    return {};
  }
  pages::LetterText letter(std::string_view letter, const nlohmann::json& model,
                           const pages::Reader& reader) const override {
    if (letter == "broken") throw std::runtime_error("no such template");
    return {std::string(letter) + "/" + reader.locale, "text for " + model.value("name", "nobody") + "\n",
            "<p>html</p>\n"};
  }
  std::string moment(Time, const pages::Reader&) const override { return {}; }
  std::string text(std::string_view key, const nlohmann::json&, std::string_view) const override {
    return std::string(key);
  }
  const pages::Asset* asset(std::string_view) const override { return nullptr; }
  std::vector<std::string> scripts() const override { return {}; }
  std::string negotiate(std::string_view) const override { return "en"; }
  bool offers(std::string_view) const override { return true; }
};

// The real store, until it is told to fail.
class FailingStore final : public records::Store {
 public:
  explicit FailingStore(records::Store& store) : store_(store) {}
  void prepare(std::span<const records::Table> tables) override { store_.prepare(tables); }
  bool quick() const override { return store_.quick(); }
  std::unique_ptr<records::StoreTransaction> begin(records::Mode mode,
                                                   std::chrono::milliseconds timeout) override {
    if (gone) throw Unavailable("the store is gone");
    auto real = store_.begin(mode, timeout);
    return mode == records::Mode::write && busy_commits > 0
               ? std::make_unique<BusyAtCommit>(std::move(real), *this)
               : std::move(real);
  }
  std::atomic<bool> gone{false};
  int busy_commits = 0;                   // that many writes have to be run again
  std::function<void()> at_busy = [] {};  // what happens before they are

 private:
  class BusyAtCommit final : public records::StoreTransaction {
   public:
    BusyAtCommit(std::unique_ptr<StoreTransaction> real, FailingStore& owner)
        : real_(std::move(real)), owner_(owner) {}
    bool insert(const char* table, std::span<const records::Cell> cells) override {
      return real_->insert(table, cells);
    }
    void find(const char* table, std::span<const records::Match> matches, const records::Page* page,
              const records::RowVisitor& row) override {
      real_->find(table, matches, page, row);
    }
    std::int64_t update(const char* table, std::span<const records::Match> matches,
                        std::span<const records::Change> changes) override {
      return real_->update(table, matches, changes);
    }
    std::int64_t remove(const char* table, std::span<const records::Match> matches,
                        const records::RowVisitor* taken) override {
      return real_->remove(table, matches, taken);
    }
    void commit() override {
      real_.reset();  // rolls back
      --owner_.busy_commits;
      owner_.at_busy();
      throw records::Busy("somebody was in the way");
    }

   private:
    std::unique_ptr<StoreTransaction> real_;
    FailingStore& owner_;
  };
  records::Store& store_;
};

class PostOffice : public testing::Test {
 protected:
  PostOffice() {
    store_->start();
    database_.prepare(records::schema());
    composers_["hello"] = [](records::Transaction&, const records::OutboxMessage& message) {
      return Composed{"hello", "Ada", message.recipient, "en", {{"name", "Ada"}}};
    };
  }
  ~PostOffice() override {
    store_->stop();
    std::filesystem::remove_all(folder_);
  }

  Dispatcher dispatcher(std::string worker = "worker") {
    return Dispatcher(parts(), options(std::move(worker)));
  }
  Dispatcher::Parts parts() { return {database_, sender_, renderer_, composers_, clock_, random_, log_}; }
  static Dispatcher::Options options(std::string worker = "worker") {
    Dispatcher::Options options;
    options.from_name = "Example";
    options.from_address = "accounts@example.org";
    options.host = "example.org:8443";
    options.worker = std::move(worker);
    return options;
  }

  OutboxId owe(Draft draft) {
    return database_.write(
        [&](records::Transaction& tx) { return enqueue(tx, draft, clock_.now(), random_); });
  }
  OutboxId owe(std::string recipient = "ada@example.net", Duration lifetime = 24h) {
    return owe(Draft{"hello", "subject-1", std::move(recipient), "{}", "en", clock_.now() + lifetime});
  }
  std::optional<records::OutboxMessage> row(const OutboxId& id) {
    return database_.read([&](records::Transaction& tx) { return records::OutboxMessages(tx).by_id(id); });
  }
  std::size_t rows(records::OutboxState state) {
    return database_.read(
        [&](records::Transaction& tx) { return records::OutboxMessages(tx).list(state, 0).size(); });
  }
  void answer(Sent::Outcome outcome, std::string why) {
    sender_.answer = [=](const Letter&) { return Sent{outcome, why}; };
  }

  static std::string make_folder() {
    std::string name = std::filesystem::temp_directory_path() / "doorward-mail-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    return name;
  }

  StandingClock clock_;
  SeededRandom random_;
  LogLines log_;
  ToldSender sender_;
  PlainRenderer renderer_;
  Composers composers_;
  std::string folder_ = make_folder();
  std::unique_ptr<plugin_host::StorageClient> store_ =
      plugin_host::make_storage({"memory", {}, {}}, DOORWARD_PLUGIN_DIR, log_, clock_);
  FailingStore failing_{*store_};
  records::Epochs epochs_{folder_ + "/epochs"};
  records::Database database_{failing_, epochs_};
};

}  // namespace doorward::mail
