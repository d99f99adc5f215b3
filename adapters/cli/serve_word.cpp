// doorward serve
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <memory>
#include <system_error>

#include "cli/command.hpp"
#include "cli/owner.hpp"
#include "embedding/engine.hpp"
#include "server/serve.hpp"
#include "settings/read.hpp"

namespace doorward::cli {

namespace {

// Runs this command's own `config check`: a plugin that crashes there is a sentence, and the server goes on. What it
// says on standard error is returned; empty: all is well.
std::string check_in_another_process(const Command& command) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  std::array<std::string, 8> words{"doorward",     "--config", command.config, "--engine",
                                   command.engine, "config",   "check",        ""};
  std::array<char*, 8> arguments{};
  for (std::size_t i = 0; i + 1 < words.size(); ++i) arguments[i] = words[i].data();

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, pipe[1], STDERR_FILENO);
  pid_t child = 0;
  const int failed = ::posix_spawn(&child, "/proc/self/exe", &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(pipe[1]);

  std::string said;
  std::array<char, 4096> bytes{};
  for (ssize_t got = 0; failed == 0 && (got = ::read(pipe[0], bytes.data(), bytes.size())) != 0;) {
    if (got > 0) said.append(bytes.data(), static_cast<std::size_t>(got));
    if (got < 0 && errno != EINTR) break;
  }
  ::close(pipe[0]);
  if (failed != 0)
    throw std::system_error(failed, std::generic_category(), "the check of the settings can't be run");
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  while (said.ends_with('\n')) said.pop_back();
  return said.empty() ? "the check of the settings ended without a sentence" : said;
}

Exit serve(const Command& command, server::ServeOptions options) {
  const settings::Settings settings = settings::read(command.config);
  become_owner_of(settings.state_dir);
  options.config = settings.file;
  options.library = command.engine;
  options.check = [&command] {
    if (const std::string faults = check_in_another_process(command); !faults.empty())
      throw embedding::EngineFailure({faults});
    const settings::Settings checked = settings::read(command.config);
    return server::SiteSettings{checked.trusted_proxies, checked.public_url};
  };
  try {
    server::serve(options);
    return Exit::ok;
  } catch (const server::BadOptions& bad) {
    throw Failure(Exit::usage, bad.what());
  }
}

}  // namespace

void add_serve_word(CLI::App& app, Command& command) {
  auto options = std::make_shared<server::ServeOptions>();
  options->listen = "127.0.0.1:8080";
  CLI::App* word = app.add_subcommand("serve", "A small web server with Doorward in it");
  word->add_option("--listen", options->listen, "Address and port, 127.0.0.1:8080 unless told")
      ->type_name("ADDRESS:PORT");
  word->add_option("--upstream", options->upstreams,
                   "An application: for the whole site, or for a place and all below it. "
                   "May be repeated")
      ->type_name("[PLACE=]http://ADDRESS:PORT")
      ->allow_extra_args(false);
  word->add_option("--root", options->root, "A folder of files, for what no --upstream has")
      ->type_name("DIR");
  word->add_option(
          "--protect", options->protect,
          "A place that asks everybody to sign in, and may ask for a role, or for a password given lately. "
          "May be repeated")
      ->type_name("PLACE[:role=NAME][:level=2][:fresh=15m]")
      ->allow_extra_args(false);
  word->add_option(
          "--optional", options->optional,
          "A place that lets everybody in and tells the application who is signed in. May be repeated")
      ->type_name("PLACE")
      ->allow_extra_args(false);
  word->add_option(
          "--forward-auth", options->forward_auth,
          "Where other servers ask whether a request may pass: nginx's auth_request, Traefik, Caddy, Envoy")
      ->type_name("PATH");
  word->add_flag("--assertion", options->assertion,
                 "Tell the application who it is in a signed X-Doorward-Assertion, too");
  word->footer(
      "The application learns who it is from X-Doorward-User, -Email, -Name, -Roles, -Session, -Locale,\n"
      "-Methods, -Time-Zone, -Phone, -Picture, -Notifications, -Clock, -Mac-Format, -Theme and\n"
      "-Authenticated-At; what isn't ASCII is percent-encoded UTF-8. Clients can't send these.\n"
      "SIGHUP takes new settings, SIGTERM ends after the requests under way.\n"
      "Examples:\n"
      "  doorward serve --root ./public --protect /members\n"
      "  doorward serve --upstream http://127.0.0.1:3000 --protect /admin:role=administrator:fresh=15m\n"
      "  doorward serve --root ./public --upstream /api=http://127.0.0.1:3000 --protect /api\n"
      "  doorward serve --forward-auth /forward-auth --protect /admin:role=administrator");
  word->callback(
      [&command, options] { command.run = [&command, options] { return serve(command, *options); }; });
}

}  // namespace doorward::cli
