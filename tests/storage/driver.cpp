// A storage plugin, driven line by line: a command comes in as one line of JSON, what it came to goes out as another. The tests
// of stores that have a server play the server's and the network's faults around it.
//
//   storage_driver <plugin.so> <key=value>...     `password` is given as a secret
#include <dlfcn.h>
#include <doorward/storage.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/errors.hpp"
#include "plugin_host/loader.hpp"

namespace {

using doorward::plugin_host::Plugin;
using nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr const char* names[] = {"OK",      "NOT_FOUND", "CONFLICT",    "REFUSED",
                                 "INVALID", "BUSY",      "UNAVAILABLE", "FAULT"};

std::int64_t milliseconds_since(Clock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin).count();
}
doorward_text text_of(const std::string& text) { return {text.data(), text.size()}; }

class Lines final : public doorward::Log {
 public:
  void write(doorward::Level, std::string_view line) override {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::string(line));
  }
  json take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(lines_, json::array());
  }

 private:
  std::mutex mutex_;
  json lines_ = json::array();
};

// What a listener was told, with the time of each call in milliseconds.
class Events {
 public:
  doorward_listener calls() {
    return {sizeof(doorward_listener),
            this,
            [](void* self) { note(self, "restarted"); },
            [](void* self, doorward_text message) { note(self, "heard", {message.data, message.size}); },
            [](void* self) { note(self, "asking"); },
            [](void* self) { note(self, "caught_up"); }};
  }
  json take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(list_, json::array());
  }

 private:
  static void note(void* self, const char* name, const std::string& message = {}) {
    auto& events = *static_cast<Events*>(self);
    const std::lock_guard lock(events.mutex_);
    events.list_.push_back({milliseconds_since(events.begin_), name, message});
  }
  const Clock::time_point begin_ = Clock::now();
  std::mutex mutex_;
  json list_ = json::array();
};

// The table of all tests: rows of an id, an address that is unique and may be absent, and a number.
struct Tables {
  explicit Tables(const json& command) : name(command.value("table", "things")) {}
  doorward_status prepare(const doorward_storage& calls, void* self, std::string& why) const {
    static constexpr doorward_field fields[] = {
        {"id", DOORWARD_TEXT, 1}, {"address", DOORWARD_TEXT, 0}, {"n", DOORWARD_NUMBER, 1}};
    static constexpr doorward_index indexes[] = {{"address", 1}, {"address,n", 0}};
    const doorward_table table{name.c_str(), fields, std::size(fields), indexes, std::size(indexes)};
    const doorward_sink sink{&why, [](void* text, doorward_text more) {
                               static_cast<std::string*>(text)->append(more.data, more.size);
                             }};
    return calls.prepare(self, &table, 1, &sink);
  }
  std::string name;
};

doorward_status insert(const doorward_storage& calls, void* tx, const std::string& table,
                       const std::string& id, std::int64_t number) {
  const doorward_cell cells[] = {{"id", {DOORWARD_TEXT, 0, text_of(id)}},
                                 {"address", {DOORWARD_TEXT, 0, text_of(id)}},
                                 {"n", {DOORWARD_NUMBER, number, {nullptr, 0}}}};
  return calls.insert(tx, table.c_str(), cells, std::size(cells));
}

// Threads that insert rows, each in a transaction of its own, and remember what was acknowledged. A row whose commit came back
// UNAVAILABLE may be there or not: it is tried again under another id.
class Load {
 public:
  Load(const doorward_storage& calls, void* self, std::string prefix, unsigned threads)
      : calls_(calls), self_(self), prefix_(std::move(prefix)) {
    for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this, i] { run(i); });
  }
  ~Load() { stop(); }
  void stop() {
    over_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }
  json report() {
    const std::lock_guard lock(mutex_);
    return {{"acknowledged", acknowledged_.size()}, {"statuses", statuses_}};
  }
  json ids() {
    const std::lock_guard lock(mutex_);
    return acknowledged_;
  }

 private:
  doorward_status once(const std::string& id) {
    void* tx = nullptr;
    doorward_status status = calls_.begin(self_, DOORWARD_WRITE, 2000, &tx);
    if (status != DOORWARD_OK) return status;
    status = insert(calls_, tx, "things", id, 1);
    if (status == DOORWARD_OK) return calls_.commit(tx);
    calls_.rollback(tx);
    return status;
  }
  void run(unsigned thread) {
    for (unsigned i = 0; !over_; ++i) {
      const std::string id = prefix_ + std::to_string(thread) + "_" + std::to_string(i);
      const doorward_status status = once(id);
      // As a site's visitors do, who come again after a while.
      if (status != DOORWARD_OK) std::this_thread::sleep_for(std::chrono::milliseconds(5));
      const std::lock_guard lock(mutex_);
      statuses_[names[status]] = statuses_.value(names[status], 0) + 1;
      if (status == DOORWARD_OK) acknowledged_.push_back(id);
    }
  }
  const doorward_storage& calls_;
  void* const self_;
  const std::string prefix_;
  std::atomic<bool> over_ = false;
  std::mutex mutex_;
  json acknowledged_ = json::array(), statuses_ = json::object();
  std::vector<std::thread> threads_;
};

class Driver {
 public:
  Driver(std::unique_ptr<Plugin> plugin, Lines& log)
      : plugin_(std::move(plugin)),
        calls_(plugin_->grown_table<doorward_storage>(DOORWARD_STORAGE_LEAST)),
        log_(log) {}
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;
  ~Driver() {
    for (const auto& [name, tx] : open_) calls_.rollback(tx);
  }

  json obey(const json& command) {
    const std::string what = command.at("do");
    json answer = json::object();
    const auto begin = Clock::now();
    std::string why;
    const auto status = [&](doorward_status found) { answer["status"] = names[found]; };
    const std::string name = command.value("tx", "tx"), id = command.value("id", ""),
                      table = command.value("table", "things");
    if (what == "start") {
      try {
        plugin_->start();
        status(DOORWARD_OK);
      } catch (const std::exception& error) {
        answer = {{"status", "FAULT"}, {"why", error.what()}};
      }
    } else if (what == "stop") {
      plugin_->stop();
      status(DOORWARD_OK);
    } else if (what == "prepare") {
      status(Tables(command).prepare(calls_, plugin_->self(), why));
      answer["why"] = why;
    } else if (what == "begin") {
      void* tx = nullptr;
      const auto mode = command.value("mode", "write") == "read" ? DOORWARD_READ : DOORWARD_WRITE;
      status(calls_.begin(plugin_->self(), mode, command.value("timeout", 10000U), &tx));
      if (tx != nullptr) open_[name] = tx;
    } else if (what == "insert") {
      status(insert(calls_, open_.at(name), table, id, command.value("n", 0)));
    } else if (what == "find") {
      status(find(open_.at(name), table, id, answer["rows"]));
    } else if (what == "add") {
      const doorward_match match{"id", DOORWARD_IS, {DOORWARD_TEXT, 0, text_of(id)}};
      const doorward_change change{"n", {DOORWARD_NUMBER, command.value("n", 1), {nullptr, 0}}, 1};
      std::int64_t changed = 0;
      status(calls_.update(open_.at(name), table.c_str(), &match, 1, &change, 1, &changed));
      answer["count"] = changed;
    } else if (what == "remove") {
      const doorward_match match{"id", DOORWARD_IS, {DOORWARD_TEXT, 0, text_of(id)}};
      std::int64_t removed = 0;
      status(calls_.remove(open_.at(name), table.c_str(), &match, 1, nullptr, &removed));
      answer["count"] = removed;
    } else if (what == "announce") {
      const std::string message = command.at("message");
      status(calls_.announce(open_.at(name), text_of(message)));
    } else if (what == "commit") {
      status(calls_.commit(take(name)));
    } else if (what == "rollback") {
      calls_.rollback(take(name));
      status(DOORWARD_OK);
    } else if (what == "listen") {
      const doorward_listener listener = events_.calls();
      status(calls_.listen(plugin_->self(), &listener));
    } else if (what == "events") {
      answer["events"] = events_.take();
    } else if (what == "log") {
      answer["lines"] = log_.take();
    } else if (what == "load") {
      load_ = std::make_unique<Load>(calls_, plugin_->self(), id, command.value("threads", 4U));
    } else if (what == "load_report") {
      answer = load_->report();
    } else if (what == "load_stop") {
      load_->stop();
      answer = load_->report();
      answer["ids"] = load_->ids();
    } else {
      throw std::runtime_error("no such command: " + what);
    }
    answer["ms"] = milliseconds_since(begin);
    return answer;
  }

 private:
  void* take(const std::string& name) {
    void* tx = open_.at(name);
    open_.erase(name);
    return tx;
  }
  doorward_status find(void* tx, const std::string& table, const std::string& id, json& rows) {
    rows = json::array();
    const doorward_match exact{"id", DOORWARD_IS, {DOORWARD_TEXT, 0, text_of(id)}};
    const bool all = id.empty() || id.back() == '*';
    const std::string prefix = all && !id.empty() ? id.substr(0, id.size() - 1) : id;
    const doorward_match begins{"id", DOORWARD_STARTS_WITH, {DOORWARD_TEXT, 0, text_of(prefix)}};
    const doorward_rows sink{
        &rows, [](void* self, const doorward_cell* cells, std::size_t) {
          static_cast<json*>(self)->push_back(
              {std::string(cells[0].value.text.data, cells[0].value.text.size), cells[2].value.number});
        }};
    return calls_.find(tx, table.c_str(), all ? &begins : &exact, 1, nullptr, &sink);
  }

  Events events_;  // outlives the plugin
  std::unique_ptr<Plugin> plugin_;
  const doorward_storage calls_;
  Lines& log_;
  std::map<std::string, void*> open_;
  std::unique_ptr<Load> load_;
};

int run(int count, char** words) {
  const std::filesystem::path plugin(words[1]);
  doorward::settings::PluginEntry entry{plugin.stem(), {}, {"doorward.yaml", 1, 1}};
  for (int i = 2; i < count; ++i) {
    const std::string word = words[i];
    const std::size_t equals = word.find('=');
    const std::string key = word.substr(0, equals);
    entry.values.push_back({key, word.substr(equals + 1), key == "password", {"doorward.yaml", i, 3}});
  }
  // Stays loaded: libpq keeps a table for OpenSSL as long as the process lives, and once its code is gone LeakSanitizer takes that
  // for lost.
  if (::dlopen(words[1], RTLD_NOW | RTLD_NODELETE) == nullptr) throw std::runtime_error(::dlerror());
  Lines log;
  const doorward::SystemClock clock;
  std::unique_ptr<Driver> driver;
  try {
    const auto folder = plugin.parent_path();
    driver = std::make_unique<Driver>(
        Plugin::load(folder.filename().string() + "/1", entry, folder.parent_path(), log, clock), log);
  } catch (const doorward::BadSettings& error) {
    std::cout << json{{"status", "INVALID"}, {"why", error.what()}}.dump() << std::endl;
    return 0;
  }
  std::cout << json{{"status", "OK"}}.dump() << std::endl;
  for (std::string line; std::getline(std::cin, line);)
    std::cout << driver->obey(json::parse(line)).dump() << std::endl;
  return 0;
}

}  // namespace

int main(int count, char** words) {
  if (count < 2) return 2;
  try {
    return run(count, words);
  } catch (const std::exception& error) {
    std::cerr << error.what() << std::endl;
    return 1;
  }
}
