// Lifecycle: create, start, stop and destroy in every order that a server uses.
#include "base/errors.hpp"
#include "storage_calls.hpp"
#include "suites.hpp"

namespace kit {

namespace {

void created_only(Subject& subject) {
  for (int i = 0; i < 3; ++i) Store store(subject.create());
}

void not_started(Subject& subject) {
  Store store(subject.create());
  std::optional<Tx> tx;
  expect(store.try_begin(DOORWARD_READ, 100, tx) != DOORWARD_OK, "a transaction began before start");
  std::string why;
  expect(store.prepare({accounts(subject)}, &why) != DOORWARD_OK && !why.empty(),
         "prepare before start says nothing");
}

void fork_between(Subject& subject) {
  Store store(subject.create());
  const Table table = accounts(subject);
  for (int i = 0; i < 3; ++i)
    in_child([&] {
      store.plugin().start();
      store.must_prepare({table});
      store.add(table, {account("child" + std::to_string(i))});
      expect(!store.all(table).empty(), "no rows in the child");
      store.plugin().stop();
    });
  store.plugin().start();
  store.must_prepare({table});
  store.add(table, {account("parent")});
  if (!subject.is_volatile())
    expect_equal(store.all(table).size(), std::size_t{4}, "rows of three children and the parent");
}

void started_twice(Subject& subject) {
  Store store(subject.create());
  const Table table = accounts(subject);
  for (int i = 0; i < 3; ++i) {
    store.plugin().start();
    store.must_prepare({table});
    store.add(table, {account("a" + std::to_string(i))});
    store.plugin().stop();
  }
  store.plugin().start();
  store.must_prepare({table});
  if (!subject.is_volatile())
    expect_equal(store.all(table).size(), std::size_t{3}, "rows after three starts");
}

void two_instances(Subject& subject) {
  const Table table = accounts(subject);
  Store one(subject), other(subject);
  one.must_prepare({table});
  other.must_prepare({table});
  one.add(table, {account("a")});
  if (!subject.is_volatile()) expect_rows(other.all(table), {account("a")}, "what the other instance sees");
  other.add(table, {account("b")});
}

void idle_stop_with_many(Subject& subject) {
  Store store(subject);
  const Table table = accounts(subject);
  store.must_prepare({table});
  in_threads(64, [&](unsigned i) {
    if (i % 8 == 0) store.add(table, {account("a" + std::to_string(i))});
    store.all(table);
  });
  store.plugin().stop();
  store.plugin().start();
}

// Settings that can't be right: every missing one, and each path into nowhere. The engine or the plugin says so.
void wrong_settings(Subject& subject) {
  const auto refused = [&](const doorward::settings::PluginEntry& entry, const std::string& key) {
    std::string sentence;
    try {
      subject.create(entry)->start();
    } catch (const doorward::BadSettings& error) {
      sentence = error.what();
    } catch (const doorward::Unavailable& error) {
      sentence = error.what();
    }
    expect(sentence.find(key) != std::string::npos,
           "wrong setting " + key + ": the sentence is \"" + sentence + "\"");
  };
  for (const auto& setting : subject.describe().settings) {
    auto entry = subject.entry();
    std::erase_if(entry.values, [&](const auto& value) { return value.key == setting.key; });
    if (setting.required) refused(entry, setting.key);
    if (setting.type != "path") continue;
    entry.values.push_back({setting.key, "/nonexistent/folder/file", false, entry.place});
    refused(entry, setting.key);
  }
  auto entry = subject.entry();
  entry.values.push_back({"no_such_setting", "1", false, entry.place});
  refused(entry, "no_such_setting");
}

}  // namespace

std::vector<Case> storage_lifecycle_cases() {
  return {
      {"lifecycle", "created and destroyed without a start", created_only},
      {"lifecycle", "calls before the start are refused", not_started},
      {"lifecycle", "forked between create and start, as a web server does", fork_between},
      {"lifecycle", "started, stopped and started again", started_twice},
      {"lifecycle", "two instances in one process", two_instances},
      {"lifecycle", "stopped after many threads have used it", idle_stop_with_many},
      {"lifecycle", "wrong settings are refused with a sentence", wrong_settings},
  };
}

}  // namespace kit
