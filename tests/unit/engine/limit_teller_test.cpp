// Tries that are counted on one host count on the others: told once, in few messages, and later where the store couldn't be had.
#include "engine/limit_teller.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <vector>

#include "base/errors.hpp"
#include "engine/hearing.hpp"
#include "engine/limit_news.hpp"
#include "fixed.hpp"
#include "folder.hpp"

namespace doorward::engine {
namespace {

using namespace std::chrono_literals;
using test::morning;

constexpr http::LimitRule rule{"account", 10, 900s, 300s};
const std::string key(32, 'k');

// A store that does nothing but to announce, to those who listen here.
class Post final : public records::Store {
 public:
  void prepare(std::span<const records::Table>) override {}
  bool quick() const override { return false; }
  bool has_feed() const override { return true; }
  void listen(records::Listener& listener) override { listeners_.push_back(&listener); }
  std::unique_ptr<records::StoreTransaction> begin(records::Mode, std::chrono::milliseconds) override {
    ++begun;
    if (closed) throw Unavailable("the post is closed");
    return std::make_unique<Letter>(*this);
  }
  std::function<void(std::string_view)> read;
  std::atomic<bool> closed = false;
  std::atomic<int> begun = 0, sent = 0;

 private:
  struct Letter final : records::StoreTransaction {
    explicit Letter(Post& its_post) : post(its_post) {}
    bool insert(const char*, std::span<const records::Cell>) override { return false; }
    void find(const char*, std::span<const records::Match>, const records::Page*,
              const records::RowVisitor&) override {}
    std::int64_t update(const char*, std::span<const records::Match>,
                        std::span<const records::Change>) override {
      return 0;
    }
    std::int64_t remove(const char*, std::span<const records::Match>, const records::RowVisitor*) override {
      return 0;
    }
    void announce(std::string_view message) override { messages.emplace_back(message); }
    void commit() override {
      if (post.read)
        for (const std::string& message : messages) post.read(message);
      for (const std::string& message : messages)
        for (records::Listener* listener : post.listeners_) listener->heard(message);
      post.sent += static_cast<int>(messages.size());
    }
    Post& post;
    std::vector<std::string> messages;
  };
  std::vector<records::Listener*> listeners_;
};

class Lines final : public Log {
 public:
  void write(Level, std::string_view) override { ++count; }
  std::atomic<int> count = 0;
};

class TwoHosts : public ::testing::Test {
 protected:
  TwoHosts() {
    post.listen(hearing);
    post.listen(colleague);
    post.listen(own);
    database.prepare({});
  }
  std::string state_of(const char* host) const {
    std::filesystem::create_directories(folder / host);
    return folder / host;
  }
  void expect_there(int tries) {
    http::Limiter known(folder / "there/limits", key);
    int left = 0;
    while (left < 100 && known.attempt(rule, "ada", morning) == 0s) ++left;
    EXPECT_EQ(10 - left, tries) << "tries that the other host knows of";
  }
  static void until(const std::function<bool()>& so) {
    const auto give_up = std::chrono::steady_clock::now() + 60s;
    while (!so() && std::chrono::steady_clock::now() < give_up) std::this_thread::yield();
    EXPECT_TRUE(so());
  }
  std::unique_ptr<LimitTeller> make_teller(std::uint64_t host) {
    return std::make_unique<LimitTeller>(database, host, key, random, log);
  }
  test::Folder folder;
  test::StandingClock clock;
  test::SeededRandom random;
  Lines log;
  Post post;
  records::Epochs epochs{folder / "epochs"};
  records::Database database{post, epochs};
  Hearing hearing{state_of("there"), key, clock}, colleague{state_of("there"), key, clock},
      own{state_of("here"), key, clock};
  std::unique_ptr<LimitTeller> teller;
  http::Limiter limiter{folder / "here/limits", key,
                        [this](const http::LimitChange& change) { teller->tell(change); }};
};

TEST_F(TwoHosts, CountTogetherAndEachTryOnce) {
  teller = make_teller(limiter.host());
  for (int i = 0; i < 7; ++i) limiter.attempt(rule, "ada", morning);
  teller.reset();
  expect_there(7);
}

TEST_F(TwoHosts, AreAnotherOnlyToTheOther) {
  teller = make_teller(limiter.host());
  for (int i = 0; i < 3; ++i) limiter.attempt(rule, "ada", morning);
  teller.reset();
  int left = 0;
  http::Limiter again(folder / "here/limits", key);
  while (again.attempt(rule, "ada", morning) == 0s) ++left;
  EXPECT_EQ(left, 7) << "what was counted here is not counted again when it is heard";
}

TEST_F(TwoHosts, CountNothingThatAStrangerToTheKeyRingSays) {
  std::string told;
  post.read = [&](std::string_view message) { told = message; };
  teller = make_teller(limiter.host());
  limiter.attempt(rule, "ada", morning);
  teller.reset();
  auto forged = limit_news_of(told, key);
  ASSERT_TRUE(forged);
  forged->sender = 77;
  for (const std::string& message : messages_of(*forged, std::string(32, 'x'))) hearing.heard(message);
  expect_there(1);
}

TEST_F(TwoHosts, HearLaterWhatWasCountedWhileTheStoreWasAway) {
  post.closed = true;
  teller = make_teller(limiter.host());
  for (int i = 0; i < 3; ++i) limiter.attempt(rule, "ada", morning);
  until([this] { return post.begun > 0; });
  limiter.forgive(rule, "ada");
  for (int i = 0; i < 4; ++i) limiter.attempt(rule, "ada", morning);
  until([this] { return log.count > 0; });
  EXPECT_EQ(post.sent, 0);
  post.closed = false;
  teller.reset();
  expect_there(4);
  EXPECT_EQ(post.sent, 1) << "one counter, one message";
  EXPECT_EQ(log.count, 1);
}

TEST_F(TwoHosts, AreToldNothingOfWhatWasTakenBackInTheSameBreath) {
  post.closed = true;
  teller = make_teller(limiter.host());
  limiter.attempt(rule, "ada", morning);
  until([this] { return log.count > 0; });
  limiter.refund(rule, "ada", morning);
  post.closed = false;
  teller.reset();
  EXPECT_EQ(post.sent, 0);
}

TEST_F(TwoHosts, KeepABoundedNumberOfCounters) {
  std::size_t told = 0;
  post.read = [&](std::string_view message) { told += limit_news_of(message, key)->changes.size(); };
  post.closed = true;
  teller = make_teller(limiter.host());
  for (std::uint64_t tag = 1; tag <= 3 * LimitTeller::most_counters; ++tag)
    teller->tell({tag, false, 1, 900s});
  until([this] { return log.count > 0; });
  post.closed = false;
  teller.reset();
  EXPECT_EQ(told, LimitTeller::most_counters);
}

}  // namespace
}  // namespace doorward::engine
