// The command `doorward`.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "base/errors.hpp"
#include "cli/command.hpp"
#include "embedding/engine.hpp"

namespace {

using doorward::cli::Command;
using doorward::cli::Exit;

int tell(Exit code, const std::string& sentence) {
  std::fprintf(stderr, "doorward: %s\n", sentence.c_str());
  return static_cast<int>(code);
}

// Faults of settings stand alone in their lines, so that editors find the places.
int tell_faults(const std::string& lines) {
  std::fprintf(stderr, "%s\n", lines.c_str());
  return static_cast<int>(Exit::settings);
}

// libdoorward.so of the same installation, or of the same build.
std::string default_engine() {
  std::error_code failed;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", failed);
  const auto beside = (self.parent_path() / DOORWARD_ENGINE_FROM_COMMAND).lexically_normal();
  if (!failed && !std::filesystem::exists(beside, failed) &&
      std::filesystem::exists(DOORWARD_ENGINE_IN_BUILD, failed) &&
      self.string().starts_with(std::filesystem::path(DOORWARD_ENGINE_IN_BUILD).parent_path().string() + "/"))
    return DOORWARD_ENGINE_IN_BUILD;
  return beside.string();
}

void describe(CLI::App& app, Command& command) {
  app.name("doorward");
  app.set_version_flag("--version", std::string("doorward ") + DOORWARD_VERSION);
  app.require_subcommand(1);
  app.fallthrough();  // --config and --json may stand after the words, too
  app.get_formatter()->column_width(34);
  app.add_option("--config", command.config,
                 std::string("The settings, ") + DOORWARD_CONFIG_FILE + " unless told")
      ->type_name("FILE")
      ->envname("DOORWARD_CONFIG");
  app.add_option("--engine", command.engine, "libdoorward.so, where another than the installed one is meant")
      ->type_name("FILE")
      ->envname("DOORWARD_ENGINE");
  app.add_flag("--json", command.json, "Answer in JSON");
  app.footer(
      "Run as root, it goes on as the owner of state_dir before it opens the store.\n"
      "Exit codes: 0 done, 1 refused, 2 wrong command line, 3 settings can't be used, 4 something is "
      "unavailable.\n"
      "Examples:\n"
      "  doorward config check\n"
      "  doorward account create --administrator --email ada@example.org --name \"Ada\"\n"
      "  doorward account create --help");
}

}  // namespace

int main(int count, char** arguments) {
  try {
    Command command;
    command.config = DOORWARD_CONFIG_FILE;
    command.engine = default_engine();
    CLI::App app("Accounts for an existing web site, from inside its web server");
    describe(app, command);
    doorward::cli::add_account_words(app, command);
    doorward::cli::add_audit_words(app, command);
    doorward::cli::add_config_words(app, command);
    doorward::cli::add_key_words(app, command);
    doorward::cli::add_mail_words(app, command);
    doorward::cli::add_plugin_words(app, command);
    doorward::cli::add_serve_word(app, command);
    doorward::cli::add_storage_words(app, command);
    try {
      app.parse(count, arguments);
    } catch (const CLI::RequiredError& wrong) {
      const auto unknown = app.remaining(true);
      if (unknown.empty()) return app.exit(wrong), static_cast<int>(Exit::usage);
      return tell(Exit::usage, "\"" + unknown.front() + "\" is no word here; see doorward --help");
    } catch (const CLI::ParseError& wrong) {
      return app.exit(wrong) == 0 ? 0 : static_cast<int>(Exit::usage);
    }
    command.config = std::filesystem::absolute(command.config).lexically_normal().string();
    command.engine = std::filesystem::absolute(command.engine).lexically_normal().string();
    return static_cast<int>(command.run());
  } catch (const doorward::cli::Failure& failure) {
    return tell(failure.code, failure.what());
  } catch (const doorward::BadSettings& bad) {
    return tell_faults(bad.what());
  } catch (const doorward::embedding::EngineFailure& failure) {
    return tell_faults(failure.what());
  } catch (const doorward::Unavailable& unavailable) {
    return tell(Exit::unavailable, unavailable.what());
  } catch (const std::exception& fault) {
    return tell(Exit::unavailable, fault.what());
  }
}
