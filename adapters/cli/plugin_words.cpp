// doorward plugin list | info
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "plugin_host/loader.hpp"
#include "settings/read.hpp"

namespace doorward::cli {

namespace {

using nlohmann::json;
using plugin_host::PluginDescription;

struct Words {
  std::string folder, kind, name;  // of the command line
};

std::string folder_of(const Command& command, const Words& words) {
  return words.folder.empty() ? settings::read(command.config).plugin_dir : words.folder;
}

json as_json(const PluginDescription& plugin) {
  json value{{"kind", plugin.kind}, {"name", plugin.name}, {"path", plugin.path}};
  if (!plugin.fault.empty()) {
    value["fault"] = plugin.fault;
    return value;
  }
  value["version"] = plugin.version;
  value["summary"] = plugin.summary;
  value["settings"] = json::array();
  for (const auto& setting : plugin.settings) {
    json entry{
        {"key", setting.key}, {"type", setting.type}, {"required", setting.required}, {"help", setting.help}};
    if (!setting.required) entry["default"] = setting.fallback;
    if (!setting.choices.empty()) entry["choices"] = setting.choices;
    value["settings"].push_back(std::move(entry));
  }
  return value;
}

Exit list(const Command& command, const Words& words) {
  const auto plugins = plugin_host::describe_plugins(folder_of(command, words));
  const bool good =
      std::all_of(plugins.begin(), plugins.end(), [](const auto& each) { return each.fault.empty(); });
  if (command.json) {
    json all = json::array();
    for (const auto& plugin : plugins) all.push_back(as_json(plugin));
    command.say_json(all);
  } else {
    std::vector<std::vector<std::string>> rows;
    for (const auto& each : plugins)
      rows.push_back({each.kind, each.name, each.version,
                      each.fault.empty() ? each.summary : "can't be used: " + each.fault});
    std::fputs(table(rows).c_str(), stdout);
  }
  return good ? Exit::ok : Exit::settings;
}

Exit info(const Command& command, const Words& words) {
  const auto plugin = plugin_host::describe_plugin(words.kind + "/1", words.name, folder_of(command, words));
  if (command.json) {
    command.say_json(as_json(plugin));
    return plugin.fault.empty() ? Exit::ok : Exit::settings;
  }
  if (!plugin.fault.empty()) throw Failure(Exit::settings, plugin.fault);
  command.say(words.kind + " " + plugin.name + " " + plugin.version + ": " + plugin.summary);
  command.say(plugin.path);
  for (const auto& setting : plugin.settings) {
    const std::string type = setting.choices.empty() ? setting.type : setting.choices;
    const std::string fallback = setting.required ? "must be given" : "default \"" + setting.fallback + "\"";
    command.say("");
    command.say(setting.key + "  (" + type + ", " + fallback + ")");
    command.say("    " + setting.help);
    if (setting.type == "secret") command.say("    A secret: {file: NAME} or {env: NAME}");
  }
  return Exit::ok;
}

}  // namespace

void add_plugin_words(CLI::App& app, Command& command) {
  auto words = std::make_shared<Words>();
  CLI::App* plugin = app.add_subcommand("plugin", "See which plugins there are and what they accept");
  plugin->require_subcommand(1);

  CLI::App* list_word =
      plugin->add_subcommand("list", "All plugins of plugin_dir, and why one can't be used.");
  list_word->add_option("--plugin-dir", words->folder, "Look here and not where the settings say")
      ->type_name("DIR");
  list_word->footer("Example:\n  doorward plugin list");
  list_word->callback(
      [&command, words] { command.run = [&command, words] { return list(command, *words); }; });

  CLI::App* info_word =
      plugin->add_subcommand("info", "One plugin, and every setting it accepts beside `plugin:`.");
  info_word->add_option("KIND", words->kind, "storage or mailer")
      ->required()
      ->check(CLI::IsMember({"storage", "mailer"}));
  info_word->add_option("NAME", words->name, "As after `plugin:` in doorward.yaml")->required();
  info_word->add_option("--plugin-dir", words->folder, "Look here and not where the settings say")
      ->type_name("DIR");
  info_word->footer(
      "Examples:\n"
      "  doorward plugin info storage sqlite\n"
      "  doorward plugin info mailer smtp --json");
  info_word->callback(
      [&command, words] { command.run = [&command, words] { return info(command, *words); }; });
}

}  // namespace doorward::cli
