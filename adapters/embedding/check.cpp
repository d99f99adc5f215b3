#include "embedding/check.hpp"

#include "embedding/engine.hpp"
#include "embedding/text.hpp"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace doorward::embedding {
namespace {

// The child speaks in records: one letter, the length, the text.
//   F a fault   L a log line, its level first   T a text of a surface   S the texts so far are a surface   D done
class Writer {
 public:
  explicit Writer(int pipe) : pipe_(pipe) {}

  void put(char kind, std::string_view text) const noexcept {
    const auto length = static_cast<std::uint32_t>(text.size());
    char head[1 + sizeof length];
    head[0] = kind;
    std::memcpy(head + 1, &length, sizeof length);
    write_all(head, sizeof head);
    write_all(text.data(), text.size());
  }

 private:
  void write_all(const char* data, std::size_t size) const noexcept {
    while (size > 0) {
      const auto done = write(pipe_, data, size);
      if (done < 0 && errno != EINTR) {
        _exit(3);  // nobody listens any more
      }
      const auto count = static_cast<std::size_t>(std::max<ssize_t>(done, 0));
      data += count;
      size -= count;
    }
  }

  int pipe_;
};

void log_line(void* self, doorward_level level, doorward_text line) {
  try {
    std::string record(1, static_cast<char>('0' + level));
    record.append(view(line));
    static_cast<const Writer*>(self)->put('L', record);
  } catch (...) {  // no memory for a log line
  }
}

// Signals as a fresh program would have them: the server's handlers know nothing of this process.
void forget_handlers() {
  for (int number = 1; number < NSIG; ++number) {
    signal(number, SIG_DFL);
  }
  signal(SIGPIPE, SIG_IGN);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

void become(const Account& account) {
  if (setgid(account.group) != 0 || initgroups(account.name.c_str(), account.group) != 0 ||
      setuid(account.user) != 0) {
    throw std::system_error(errno, std::generic_category(), "can't become the user \"" + account.name + "\"");
  }
}

void check_engine(const CheckOrder& order, const Writer& out) {
  const EngineLibrary library(order.library);
  doorward_log log{sizeof(doorward_log), const_cast<Writer*>(&out), log_line};
  for (const auto& path : order.yaml_paths) {
    try {
      const Engine engine(library.host(), path, log);
      for (const auto& text : Surface(engine.surface()).pack()) {
        out.put('T', text);
      }
      out.put('S', {});
    } catch (const EngineFailure& failure) {
      for (const auto& fault : failure.faults()) {
        out.put('F', fault);
      }
    }
  }
}

void check_here(const CheckOrder& order, const Writer& out) {
  if (order.run_as) {
    become(*order.run_as);
  }
  try {
    check_engine(order, out);
  } catch (const EngineFailure& failure) {
    for (const auto& fault : failure.faults()) {
      out.put('F', fault);
    }
  }
  if (order.more) {
    for (const auto& fault : order.more()) {
      out.put('F', fault);
    }
  }
}

[[noreturn]] void child(const CheckOrder& order, int pipe) {
  const Writer out(pipe);
  try {
    forget_handlers();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    check_here(order, out);
    out.put('D', {});
  } catch (const std::exception& error) {
    out.put('F', error.what());
    out.put('D', {});
  }
  _exit(0);  // no exit handlers: they are the server's
}

class Reader {
 public:
  explicit Reader(CheckResult& result) : result_(result) {}

  void add(const char* data, std::size_t size) {
    bytes_.append(data, size);
    while (bytes_.size() >= head_size) {
      std::uint32_t length = 0;
      std::memcpy(&length, bytes_.data() + 1, sizeof length);
      if (bytes_.size() < head_size + length) {
        return;
      }
      record(bytes_[0], bytes_.substr(head_size, length));
      bytes_.erase(0, head_size + length);
    }
  }

  bool done() const noexcept { return done_; }

 private:
  static constexpr std::size_t head_size = 1 + sizeof(std::uint32_t);

  void record(char kind, std::string text) {
    if (kind == 'F') {
      result_.faults.push_back(std::move(text));
    } else if (kind == 'L' && !text.empty()) {
      result_.log.push_back({static_cast<doorward_level>(text[0] - '0'), text.substr(1)});
    } else if (kind == 'T') {
      texts_.push_back(std::move(text));
    } else if (kind == 'S') {
      result_.surfaces.push_back(Surface::unpack(std::exchange(texts_, {})));
    } else if (kind == 'D') {
      done_ = true;
    }
  }

  CheckResult& result_;
  std::string bytes_;
  std::vector<std::string> texts_;
  bool done_ = false;
};

// Reads until the child closes its end. False: the time is up.
bool read_all(int pipe, std::chrono::seconds patience, Reader& reader) {
  using std::chrono::steady_clock;
  const auto deadline = steady_clock::now() + patience;
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady_clock::now());
    pollfd ready{pipe, POLLIN, 0};
    const int polled = left.count() > 0 ? poll(&ready, 1, static_cast<int>(left.count())) : 0;
    if (polled == 0) {
      return false;
    }
    char buffer[4096];
    const auto got = polled < 0 ? -1 : read(pipe, buffer, sizeof buffer);
    if (got == 0) {
      return true;
    }
    if (got < 0 && errno != EINTR) {
      throw std::system_error(errno, std::generic_category(), "reading from the settings check");
    }
    if (got > 0) {
      reader.add(buffer, static_cast<std::size_t>(got));
    }
  }
}

// The exit status, or -1 where the server's own SIGCHLD handler has taken it.
int wait_for(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) {
      return -1;
    }
  }
  return status;
}

std::string crash_sentence(int status) {
  if (status >= 0 && WIFSIGNALED(status)) {
    return "the engine crashed while the settings were checked (signal " + std::to_string(WTERMSIG(status)) +
           ", " + strsignal(WTERMSIG(status)) + ")";
  }
  if (status >= 0 && WIFEXITED(status)) {
    return "the engine ended the process while the settings were checked (exit code " +
           std::to_string(WEXITSTATUS(status)) + ")";
  }
  return "the engine crashed while the settings were checked";
}

}  // namespace

CheckResult check_in_child(const CheckOrder& order) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "no pipe for the settings check");
  }
  const pid_t pid = fork();
  if (pid == 0) {
    close(ends[0]);
    child(order, ends[1]);
  }
  const int fork_error = errno;
  close(ends[1]);
  if (pid < 0) {
    close(ends[0]);
    throw std::system_error(fork_error, std::generic_category(), "no process for the settings check");
  }

  CheckResult result;
  Reader reader(result);
  bool in_time = true;
  try {
    in_time = read_all(ends[0], order.patience, reader);
  } catch (const std::exception& error) {
    result.faults.emplace_back(error.what());
  }
  close(ends[0]);
  if (!in_time) {
    kill(pid, SIGKILL);
    result.faults.push_back("the settings check took longer than " + std::to_string(order.patience.count()) +
                            " s and was ended");
  }
  const int status = wait_for(pid);
  if (!reader.done() && in_time) {
    result.faults.push_back(crash_sentence(status));
  }
  return result;
}

}  // namespace doorward::embedding
