// What a test does in other processes of its own, and how it waits for them: by their id, never by time alone.
#pragma once
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <stdexcept>
#include <thread>

namespace doorward::test {

// A child that runs `work` and leaves with what it returned, without the parent's destructors and test report.
class Process {
 public:
  explicit Process(const std::function<int()>& work) : id_(::fork()) {
    if (id_ < 0) throw std::runtime_error("fork");
    if (id_ == 0) {
      int code = 99;
      try {
        code = work();
      } catch (...) {}
      ::_exit(code);
    }
  }
  ~Process() {
    if (id_ > 0) kill();
  }
  Process(Process&& other) noexcept : id_(std::exchange(other.id_, -1)) {}
  Process& operator=(Process&&) = delete;

  int join() {  // its exit code; -1 where a signal ended it
    int status = 0;
    while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {}
    id_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  void kill() {
    ::kill(id_, SIGKILL);
    join();
  }

 private:
  pid_t id_;
};

// One byte from a child to its parent: "I am there now".
class Signal {
 public:
  Signal() {
    if (::pipe(ends_) != 0) throw std::runtime_error("pipe");
  }
  ~Signal() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;
  void send() const {
    if (::write(ends_[1], "x", 1) != 1) ::_exit(98);
  }
  void wait() const {
    char byte;
    while (::read(ends_[0], &byte, 1) < 0 && errno == EINTR) {}
  }

 private:
  int ends_[2];
};

// Looks again and again, for half a minute at most.
inline bool comes_true(const std::function<bool()>& condition) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > limit) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace doorward::test
