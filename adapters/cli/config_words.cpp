// doorward config check | show | schema
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/errors.hpp"
#include "cli/command.hpp"
#include "cli/owner.hpp"
#include "embedding/check.hpp"
#include "plugin_host/parts.hpp"
#include "settings/read.hpp"

namespace doorward::cli {

namespace {

using nlohmann::json;

// What is wrong, one sentence each. The settings first, by themselves; then everything that hangs on them, in a
// child under the workers' user, as the web server does it.
std::vector<std::string> faults_of(const Command& command) {
  settings::Settings settings;
  try {
    settings = settings::read(command.config);
  } catch (const BadSettings& bad) {
    std::vector<std::string> faults;
    const std::string_view text = bad.what();
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      faults.emplace_back(text.substr(begin, end - begin));
      begin = end + 1;
    }
    return faults;
  }
  embedding::CheckOrder order;
  order.library = command.engine;
  order.yaml_paths = {settings.file};
  if (::geteuid() == 0)
    if (const auto owner = owner_of(settings.state_dir))
      order.run_as = embedding::Account{owner->user, owner->group, owner->name};
  // The web server starts without these: what they do is then refused, and everything else goes on.
  order.more = [&settings] { return plugin_host::faults_of_parts(settings.plugin_dir); };
  return embedding::check_in_child(order).faults;
}

Exit check(const Command& command) {
  const auto faults = faults_of(command);
  if (command.json) {
    command.say_json(json{{"file", command.config}, {"good", faults.empty()}, {"faults", faults}});
  } else if (faults.empty()) {
    command.say(command.config + ": all is well");
  } else {
    for (const std::string& fault : faults) std::fprintf(stderr, "%s\n", fault.c_str());
  }
  return faults.empty() ? Exit::ok : Exit::settings;
}

std::string origin(const settings::Place& place) {
  return place.line == 0 ? "default"
                         : place.file + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

Exit show(const Command& command) {
  const auto lines = settings::effective(settings::read(command.config));
  if (command.json) {
    json all = json::array();
    for (const auto& line : lines) {
      json entry{{"key", line.key}, {"value", line.value}, {"default", line.place.line == 0}};
      if (line.place.line != 0) {
        entry["file"] = line.place.file;
        entry["line"] = line.place.line;
        entry["column"] = line.place.column;
      }
      all.push_back(std::move(entry));
    }
    command.say_json(all);
    return Exit::ok;
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& line : lines) rows.push_back({line.key, line.value, origin(line.place)});
  std::fputs(table(rows).c_str(), stdout);
  return Exit::ok;
}

}  // namespace

void add_config_words(CLI::App& app, Command& command) {
  CLI::App* config = app.add_subcommand("config", "Check and show doorward.yaml");
  config->require_subcommand(1);

  CLI::App* check_word = config->add_subcommand(
      "check",
      "Read the settings, load the plugins and the theme as the web server would, and tell every fault at "
      "once.\n"
      "As root this is done as the owner of state_dir, so that files only root can read are found out.");
  check_word->footer(
      "Examples:\n"
      "  doorward config check\n"
      "  doorward config check && nginx -s reload\n"
      "  doorward --config ./doorward.yaml config check --json");
  check_word->callback([&command] { command.run = [&command] { return check(command); }; });

  CLI::App* show_word = config->add_subcommand(
      "show", "Print every setting as it holds, and the file and line it comes from. Secrets are masked.");
  show_word->footer(
      "Examples:\n"
      "  doorward config show | grep session\n"
      "  doorward config show --json | jq '.[] | select(.default | not)'");
  show_word->callback([&command] { command.run = [&command] { return show(command); }; });

  CLI::App* schema_word = config->add_subcommand(
      "schema", "Print a JSON Schema of doorward.yaml, for editors that complete and check while one types.");
  schema_word->footer(
      "Example:\n"
      "  doorward config schema > doorward.schema.json\n"
      "and as the first line of doorward.yaml:\n"
      "  # yaml-language-server: $schema=./doorward.schema.json");
  schema_word->callback([&command] {
    command.run = [&command] {
      command.say_json(settings::schema());
      return Exit::ok;
    };
  });
}

}  // namespace doorward::cli
