#include "kit.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <exception>
#include <filesystem>
#include <mutex>
#include <random>
#include <thread>

namespace kit {

namespace {

namespace fs = std::filesystem;

std::mutex log_mutex;
std::string last_lines;  // the newest end of what the plugin logged in this case

std::string random_hex() {
  std::random_device device;
  constexpr char digits[] = "0123456789abcdef";
  std::string text = "k";
  for (int i = 0; i < 8; ++i) text += digits[device() % 16];
  return text;
}

}  // namespace

void fail(const std::string& sentence, std::source_location where) {
  std::string text =
      fs::path(where.file_name()).filename().string() + ":" + std::to_string(where.line()) + ": " + sentence;
  const std::lock_guard lock(log_mutex);
  if (!last_lines.empty()) text += " [log: " + last_lines + "]";
  throw Failed(text);
}

void expect(bool holds, const std::string& sentence, std::source_location where) {
  if (!holds) fail(sentence, where);
}

const char* status_name(doorward_status status) {
  constexpr const char* names[] = {"OK",      "NOT_FOUND", "CONFLICT",    "REFUSED",
                                   "INVALID", "BUSY",      "UNAVAILABLE", "FAULT"};
  return status >= DOORWARD_OK && status <= DOORWARD_FAULT ? names[status] : "an unknown status";
}

void expect_status(doorward_status found, doorward_status wanted, const std::string& of,
                   std::source_location where) {
  if (found != wanted)
    fail(of + " answered " + status_name(found) + ", wanted " + status_name(wanted), where);
}

void LogLines::write(doorward::Level level, std::string_view line) {
  if (level > doorward::Level::warning) return;
  const std::lock_guard lock(log_mutex);
  last_lines = std::string(line.substr(0, 300));
}

Subject::Subject(std::string path, std::vector<doorward::settings::PluginValue> values, std::string yaml,
                 bool is_volatile)
    : path_(fs::canonical(path)),
      yaml_(std::move(yaml)),
      values_(std::move(values)),
      is_volatile_(is_volatile),
      unique_(random_hex()) {
  const fs::path file(path_);
  name_ = file.stem();
  kind_ = file.parent_path().filename().string() + "/1";
  plugin_dir_ = file.parent_path().parent_path();
}

void Subject::use_new_folder() {
  folder_ = run_folder_ + "/" + std::to_string(::getpid()) + "_" + std::to_string(++folders_);
  fs::create_directory(folder_);
}

std::string Subject::new_name(const std::string& noun) {
  return unique_ + "_" + std::to_string(::getpid()) + "_" + std::to_string(++names_) + "_" + noun;
}

doorward::settings::PluginEntry Subject::entry() const {
  constexpr std::string_view placeholder = "${folder}";
  doorward::settings::PluginEntry entry{name_, values_, {yaml_, 1, 1}};
  for (auto& value : entry.values)
    for (std::size_t at = value.value.find(placeholder); at != std::string::npos;
         at = value.value.find(placeholder))
      value.value.replace(at, placeholder.size(), folder_);
  return entry;
}

std::unique_ptr<doorward::plugin_host::Plugin> Subject::create(const doorward::settings::PluginEntry& entry) {
  return doorward::plugin_host::Plugin::load(kind_, entry, plugin_dir_, log_, clock_);
}

doorward::plugin_host::PluginDescription Subject::describe() const {
  return doorward::plugin_host::describe_plugin(kind_, name_, plugin_dir_);
}

namespace {

struct Child {
  pid_t process;
  int report;  // a sentence of what failed
};

Child begin_child(const std::function<void()>& work) {
  int report[2];
  if (::pipe(report) != 0) throw std::runtime_error("pipe failed");
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child == 0) {
    ::close(report[0]);
    std::string sentence;
    try {
      work();
    } catch (const std::exception& error) {
      sentence = error.what();
    } catch (...) {
      sentence = "an exception of unknown type";
    }
    const ssize_t written = ::write(report[1], sentence.data(), sentence.size());
    ::_exit(sentence.empty() && written == 0 ? 0 : 1);
  }
  ::close(report[1]);
  return {child, report[0]};
}

// False: it was ended by that signal.
bool ended_well(const Child& child, int allowed_signal) {
  std::string sentence;
  char buffer[4096];
  for (ssize_t size = ::read(child.report, buffer, sizeof(buffer)); size > 0;
       size = ::read(child.report, buffer, sizeof(buffer)))
    sentence.append(buffer, static_cast<std::size_t>(size));
  ::close(child.report);
  int status = 0;
  ::waitpid(child.process, &status, 0);
  if (!sentence.empty()) throw Failed(sentence);
  if (WIFSIGNALED(status) && WTERMSIG(status) == allowed_signal) return false;
  if (WIFSIGNALED(status))
    throw Failed("the process was ended by signal " + std::to_string(WTERMSIG(status)));
  if (WEXITSTATUS(status) != 0)
    throw Failed("the process ended with code " + std::to_string(WEXITSTATUS(status)));
  return true;
}

}  // namespace

void in_threads(unsigned count, const std::function<void(unsigned)>& work) {
  std::atomic<unsigned> ready = 0;
  std::exception_ptr first;
  std::mutex mutex;
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < count; ++i)
    threads.emplace_back([&, i] {
      ++ready;
      while (ready < count) std::this_thread::yield();  // all at once
      try {
        work(i);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (first == nullptr) first = std::current_exception();
      }
    });
  for (std::thread& thread : threads) thread.join();
  if (first != nullptr) std::rethrow_exception(first);
}

bool in_child(const std::function<void()>& work, int allowed_signal) {
  return ended_well(begin_child(work), allowed_signal);
}

void in_children(unsigned count, const std::function<void(unsigned)>& work) {
  int gate[2];
  if (::pipe(gate) != 0) throw std::runtime_error("pipe failed");
  std::vector<Child> children;
  for (unsigned i = 0; i < count; ++i)
    children.push_back(begin_child([&] {
      ::close(gate[1]);
      char none;
      if (::read(gate[0], &none, 1) != 0) throw std::runtime_error("read failed");  // until all are there
      work(i);
    }));
  ::close(gate[0]);
  ::close(gate[1]);
  std::exception_ptr first;
  for (const Child& child : children) {
    try {
      ended_well(child, 0);
    } catch (const Failed&) {
      if (first == nullptr) first = std::current_exception();
    }
  }
  if (first != nullptr) std::rethrow_exception(first);
}

}  // namespace kit
