// What every word of the command shares: where the settings are, how it answers, and what its exit code says.
#pragma once
#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace doorward::cli {

// Documented in --help and docs/guides/command.md: never renumbered.
enum class Exit {
  ok = 0,
  refused = 1,     // understood, and not done
  usage = 2,       // the command line is wrong
  settings = 3,    // doorward.yaml, the theme or a plugin can't be used
  unavailable = 4  // the store, a file or a program that is needed can't be had
};

// What ends the command with a sentence on standard error; other exceptions are mapped in main.cpp.
struct Failure : std::runtime_error {
  Failure(Exit exit_code, const std::string& sentence) : std::runtime_error(sentence), code(exit_code) {}
  Exit code;
};

struct Command {
  std::string config;  // path of doorward.yaml
  std::string engine;  // path of libdoorward.so
  bool json = false;
  std::function<Exit()> run;  // of the word that was given

  void say_json(const nlohmann::json& value) const;  // standard output, indented
  void say(std::string_view line) const;  // standard output, with a line break; control characters escaped
};

// Each adds its words to the command line.
void add_account_words(CLI::App& app, Command& command);
void add_audit_words(CLI::App& app, Command& command);
void add_config_words(CLI::App& app, Command& command);
void add_key_words(CLI::App& app, Command& command);
void add_mail_words(CLI::App& app, Command& command);
void add_plugin_words(CLI::App& app, Command& command);
void add_serve_word(CLI::App& app, Command& command);
void add_storage_words(CLI::App& app, Command& command);

// Columns as wide as their widest cell; the last one isn't padded.
std::string table(const std::vector<std::vector<std::string>>& rows);

}  // namespace doorward::cli
