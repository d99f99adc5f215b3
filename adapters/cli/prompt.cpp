#include "cli/prompt.hpp"

#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "cli/command.hpp"

namespace doorward::cli {

namespace {

constexpr std::size_t most_password_bytes = 1024;
volatile sig_atomic_t interrupted = 0;

// Nothing that is typed is shown while this lives. An interrupt gets through only once the terminal is as it was.
class HiddenTyping {
 public:
  HiddenTyping() {
    interrupted = 0;
    struct sigaction action{};
    action.sa_handler = [](int number) { interrupted = number; };
    for (std::size_t i = 0; i < numbers_.size(); ++i) ::sigaction(numbers_[i], &action, &before_[i]);
    ::tcgetattr(STDIN_FILENO, &terminal_);
    termios quiet = terminal_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    quiet.c_lflag |= ECHONL;
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  }
  HiddenTyping(const HiddenTyping&) = delete;
  HiddenTyping& operator=(const HiddenTyping&) = delete;
  ~HiddenTyping() {
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &terminal_);
    for (std::size_t i = 0; i < numbers_.size(); ++i) ::sigaction(numbers_[i], &before_[i], nullptr);
    if (interrupted != 0) ::raise(interrupted);
  }

 private:
  static constexpr std::array<int, 4> numbers_{SIGINT, SIGTERM, SIGHUP, SIGQUIT};
  std::array<struct sigaction, 4> before_{};
  termios terminal_{};
};

// A line of standard input without its end, byte by byte so that nothing is kept in a buffer.
std::string read_line() {
  std::string line;
  for (char c = 0;;) {
    const ssize_t got = ::read(STDIN_FILENO, &c, 1);
    if (got < 0 && errno == EINTR && interrupted == 0) continue;
    if (got <= 0 || c == '\n') break;
    line += c;
    if (line.size() > most_password_bytes + 1)
      throw Failure(Exit::refused,
                    "a password has at most " + std::to_string(most_password_bytes) + " bytes");
  }
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

void ask(const std::string& question) {
  if (::write(STDERR_FILENO, question.data(), question.size()) < 0)
    return;  // an unseen question can still be answered
}

std::string typed(const std::string& question) {
  const HiddenTyping hidden;  // first: who types ahead isn't shown either
  ask(question);
  return read_line();
}

void check(const std::string& password) {
  if (password.empty()) throw Failure(Exit::refused, "the password is empty");
  if (password.size() > most_password_bytes)
    throw Failure(Exit::refused, "a password has at most " + std::to_string(most_password_bytes) + " bytes");
}

}  // namespace

std::string new_password(bool from_stdin) {
  if (from_stdin) {
    std::string password = read_line();
    check(password);
    return password;
  }
  if (::isatty(STDIN_FILENO) == 0)
    throw Failure(Exit::usage, "there is no terminal to ask for the password: use --password-stdin");
  std::string password = typed("New password: ");
  check(password);
  if (typed("Once more: ") != password) throw Failure(Exit::refused, "the two differ; nothing was changed");
  return password;
}

void confirm(const std::string& question) {
  if (::isatty(STDIN_FILENO) == 0) throw Failure(Exit::usage, "there is no terminal to ask: use --yes");
  ask(question + " Type yes: ");
  if (read_line() != "yes") throw Failure(Exit::refused, "nothing was changed");
}

}  // namespace doorward::cli
