// Feed: what a committed transaction announces is heard by every listener of the store, in order, and nothing else is.
// Left out where the plugin has no change feed.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "base/errors.hpp"
#include "storage_calls.hpp"
#include "suites.hpp"

namespace kit {

namespace {

constexpr std::chrono::seconds patience{30};

// Remembers what it is told. Any thread may ask.
class Ear {
 public:
  doorward_listener calls() {
    return {sizeof(doorward_listener),
            this,
            [](void* self) { of(self).note([](Ear& ear) { ++ear.restarts_; }); },
            [](void* self, doorward_text message) {
              of(self).note([&](Ear& ear) { ear.heard_.emplace_back(message.data, message.size); });
            },
            [](void* self) { of(self).note([](Ear& ear) { ++ear.asked_; }); },
            [](void* self) { of(self).note([](Ear& ear) { ear.caught_up_ = ear.asked_; }); }};
  }
  template <class Condition>
  bool wait(Condition&& condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return condition(*this); });
  }
  // Once what was acknowledged before this call has to have been heard. The next asking() may have begun before it.
  bool wait_until_caught_up() {
    unsigned asked = 0;
    {
      const std::lock_guard lock(mutex_);
      asked = asked_;
    }
    return wait([&](Ear& ear) { return ear.caught_up_ > asked; });
  }
  bool has(const std::string& message) const {
    return std::find(heard_.begin(), heard_.end(), message) != heard_.end();
  }
  std::vector<std::string> heard(const std::string& prefix) {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> list;
    for (const std::string& one : heard_)
      if (one.starts_with(prefix)) list.push_back(one);
    return list;
  }
  unsigned calls_so_far() {
    const std::lock_guard lock(mutex_);
    return calls_;
  }
  unsigned restarts() const { return restarts_; }

 private:
  static Ear& of(void* self) { return *static_cast<Ear*>(self); }
  template <class Change>
  void note(Change&& change) {
    const std::lock_guard lock(mutex_);
    ++calls_;
    change(*this);
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> heard_;
  unsigned calls_ = 0, restarts_ = 0, asked_ = 0, caught_up_ = 0;
};

void must_listen(Store& store, Ear& ear, std::source_location where = std::source_location::current()) {
  const doorward_listener listener = ear.calls();
  expect_status(store.calls().listen(store.self(), &listener), DOORWARD_OK, "listen", where);
  expect(ear.wait([](Ear& one) { return one.restarts() > 0; }), "restarted() was never called", where);
}

doorward_status announce(Store& store, const std::vector<std::string>& messages) {
  return store.retry(DOORWARD_WRITE, [&](Tx& tx) {
    for (const std::string& message : messages)
      if (const doorward_status status = tx.announce(message); status != DOORWARD_OK) return status;
    return DOORWARD_OK;
  });
}
void must_announce(Store& store, const std::vector<std::string>& messages,
                   std::source_location where = std::source_location::current()) {
  expect_status(announce(store, messages), DOORWARD_OK, "a transaction that announces", where);
}

std::string joined(const std::vector<std::string>& list) {
  std::string text;
  for (const std::string& one : list) text += (text.empty() ? "" : ", ") + one;
  return "\"" + text + "\"";
}
void expect_heard(Ear& ear, const std::string& prefix, const std::vector<std::string>& wanted,
                  const std::string& of, std::source_location where = std::source_location::current()) {
  expect(ear.wait_until_caught_up(), of + ": caught_up() was never called", where);
  const auto found = ear.heard(prefix);
  if (found != wanted) fail(of + ": heard " + joined(found) + ", wanted " + joined(wanted), where);
}

void heard_by_all(Subject& subject) {
  Ear own, others;  // outlive the stores
  Store one(subject), other(subject);
  const Table table = accounts(subject);
  one.must_prepare({table});
  other.must_prepare({table});
  must_listen(one, own);
  must_listen(other, others);
  const std::string name = subject.new_name("message");
  must_announce(one, {name + " 1"});
  expect_heard(own, name, {name + " 1"}, "the instance that announced it");
  expect_heard(others, name, {name + " 1"}, "the other instance");
  must_announce(other, {name + " 2"});
  expect_heard(own, name, {name + " 1", name + " 2"}, "what the other instance announced");
}

void rolled_back(Subject& subject) {
  Ear ear;
  Store store(subject);
  const Table table = accounts(subject);
  store.must_prepare({table});
  must_listen(store, ear);
  const std::string name = subject.new_name("message");
  {
    Tx tx = store.write();
    tx.must_insert(table, account("a"));
    expect_status(tx.announce(name + " dropped"), DOORWARD_OK, "announce");
    tx.rollback();
  }
  Tx tx = store.write();
  tx.must_insert(table, account("b"));
  expect_status(tx.announce(name + " kept"), DOORWARD_OK, "announce");
  expect_heard(ear, name, {}, "before the commit");
  tx.must_commit();
  expect_heard(ear, name, {name + " kept"}, "a rolled back and a committed transaction");
}

void in_order(Subject& subject) {
  Ear ear;
  Store store(subject);
  store.must_prepare({accounts(subject)});
  must_listen(store, ear);
  const std::string name = subject.new_name("message");
  std::vector<std::string> wanted;
  for (int i = 0; i < 20; ++i) {
    const std::vector<std::string> two = {name + " " + std::to_string(i) + "b",
                                          name + " " + std::to_string(i) + "a"};
    must_announce(store, two);
    wanted.insert(wanted.end(), two.begin(), two.end());
  }
  expect_heard(ear, name, wanted, "twenty transactions");
}

void caught_up(Subject& subject) {
  Ear ear;
  Store store(subject), writer(subject);
  const Table table = accounts(subject);
  store.must_prepare({table});
  writer.must_prepare({table});
  must_listen(store, ear);
  const std::string name = subject.new_name("message");
  for (int i = 0; i < 8; ++i) {
    const std::string message = name + " " + std::to_string(i);
    must_announce(writer, {message});
    expect(ear.wait_until_caught_up(), "caught_up() was never called");
    expect(!ear.heard(message).empty(),
           "round " + std::to_string(i) + ": caught_up() came before what was acknowledged before asking()");
  }
}

void by_many(Subject& subject) {
  Ear ear;
  Store store(subject);
  store.must_prepare({accounts(subject)});
  must_listen(store, ear);
  const std::string name = subject.new_name("message");
  in_threads(16, [&](unsigned thread) {
    for (int i = 0; i < 3; ++i)
      must_announce(store, {name + " " + std::to_string(thread) + "_" + std::to_string(i)});
  });
  expect(ear.wait_until_caught_up(), "caught_up() was never called");
  auto heard = ear.heard(name);
  expect_equal(heard.size(), std::size_t{48}, "messages heard");
  std::sort(heard.begin(), heard.end());
  expect(std::adjacent_find(heard.begin(), heard.end()) == heard.end(), "a message was heard twice");
}

void what_fits(Subject& subject) {
  Ear ear;
  Store store(subject);
  const Table table = accounts(subject);
  store.must_prepare({table});
  must_listen(store, ear);
  const std::string name = subject.new_name("message");
  const std::string longest =
      name + std::string(DOORWARD_ANNOUNCEMENT_MOST - name.size() - 2, 'x') + "\xc3\xa4";
  Tx tx = store.write();
  tx.must_insert(table, account("a"));
  expect_status(tx.announce(""), DOORWARD_INVALID, "an empty message");
  expect_status(tx.announce(longest + "y"), DOORWARD_INVALID, "a message of 201 bytes");
  expect_status(tx.announce(std::string("a\0b", 3)), DOORWARD_INVALID, "a message with NUL");
  for (const char* odd :
       {"\xff", "\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "a\x80"})
    expect_status(tx.announce(odd), DOORWARD_INVALID, "a message that is no UTF-8");
  expect_status(tx.announce("\xe2\x82\xac\xf0\x9f\x9a\xaa"), DOORWARD_OK, "a message in UTF-8");
  expect_status(tx.announce(longest), DOORWARD_OK, "a message of 200 bytes");
  expect_status(tx.announce(name + "'; \\ %s $1 \""), DOORWARD_OK, "a message with punctuation");
  tx.must_commit();
  expect_rows(store.all(table), {account("a")}, "rows of the transaction");
  expect_heard(ear, name, {longest, name + "'; \\ %s $1 \""}, "byte for byte");
  Tx reading = store.read();
  expect_status(reading.announce(name), DOORWARD_INVALID, "announce in a read");
}

void stopped(Subject& subject) {
  Ear first, second;
  Store store(subject);
  const Table table = accounts(subject);
  store.must_prepare({table});
  must_listen(store, first);
  store.plugin().stop();
  const unsigned calls = first.calls_so_far();
  store.plugin().start();
  store.must_prepare({table});
  must_listen(store, second);
  const std::string name = subject.new_name("message");
  must_announce(store, {name});
  expect_heard(second, name, {name}, "after another start");
  for (int round = 0; round < 10; ++round)
    second.wait_until_caught_up();  // a thread that was forgotten comes round, too
  expect_equal(first.calls_so_far(), calls, "calls of the listener that was stopped");
}

// The other process is forked before this one has threads, which a fork doesn't take along.
void another_process(Subject& subject) {
  const Table table = accounts(subject);
  const std::string name = subject.new_name("message");
  int ready[2];
  if (::pipe(ready) != 0) throw std::runtime_error("pipe failed");
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ready[1]);
    bool announced = false;
    try {
      char word = 0;
      if (::read(ready[0], &word, 1) == 1) {
        Store store(subject);
        store.must_prepare({table});
        announced = announce(store, {name}) == DOORWARD_OK;
      }
    } catch (const std::exception&) {  // told by the exit code
    }
    ::_exit(announced ? 0 : 1);
  }
  ::close(ready[0]);
  Ear ear;
  Store store(subject);
  store.must_prepare({table});
  must_listen(store, ear);
  const bool told = ::write(ready[1], "r", 1) == 1;
  ::close(ready[1]);
  int status = 0;
  ::waitpid(child, &status, 0);
  expect(told && status == 0, "the other process couldn't announce");
  expect(ear.wait([&](Ear& one) { return one.has(name); }), "nothing was heard from the other process");
}

}  // namespace

bool has_feed(Subject& subject) {
  try {
    return Store(subject.create()).calls().listen != nullptr;
  } catch (const doorward::BadSettings&) {  // the cases will tell
    return false;
  }
}

std::vector<Case> storage_feed_cases() {
  std::vector<Case> cases = {
      {"feed", "what is announced is heard by this instance and another one", heard_by_all},
      {"feed", "a rollback announces nothing, and nothing is heard before the commit", rolled_back},
      {"feed", "messages come in the order of commits, and of calls within one", in_order},
      {"feed", "once caught up, everything acknowledged before has been heard", caught_up},
      {"feed", "16 threads announce: every message is heard once", by_many},
      {"feed", "messages come byte for byte; those that don't fit are refused", what_fits},
      {"feed", "a stopped listener hears no more, and the next start listens again", stopped},
      {"feed", "another process hears it", another_process, true},
  };
  for (Case& one : cases) one.needs_feed = true;
  return cases;
}

}  // namespace kit
