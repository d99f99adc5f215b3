// doorward storage check | copy | open
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/prompt.hpp"
#include "cli/stores.hpp"
#include "engine/store_check.hpp"
#include "engine/store_copy.hpp"

namespace doorward::cli {

namespace {

using engine::CopyReport;
using engine::OpenedStore;
using nlohmann::json;

constexpr std::uint64_t told_every = 100 * records::rows_in_a_piece;

struct Words {
  std::string from, to;
  bool yes = false;
};

void say_on_the_side(const std::string& sentence) {
  std::fprintf(stderr, "doorward: %s\n", sentence.c_str());
}

std::optional<records::Maintenance> maintenance_of(OpenedStore& store) {
  return store.database().read([](records::Transaction& tx) { return records::Maintenances(tx).get(); });
}

// Faults are the answer of this word, so that they stand on standard output.
Exit check(const Command& command) {
  Stores stores;
  OpenedStore store = stores.open(command.config);
  const auto checked = engine::check_store(store.database(), store.keys(), stores.now());
  json answer{{"good", checked.faults.empty()}, {"tables", json::object()}, {"faults", json::array()}};
  std::vector<std::vector<std::string>> rows{{"TABLE", "ROWS"}};
  for (const auto& [table, count] : checked.tables) {
    answer["tables"][table] = count;
    rows.push_back({table, std::to_string(count)});
  }
  for (const auto& [table, id, what] : checked.faults)
    answer["faults"].push_back({{"table", table}, {"id", id}, {"what", what}});
  if (command.json) {
    command.say_json(answer);
  } else {
    if (checked.faults.empty()) std::fputs(cli::table(rows).c_str(), stdout);
    for (const auto& [table, id, what] : checked.faults) command.say(table + " " + id + ": " + what);
    const auto maintenance = maintenance_of(store);
    if (maintenance && !maintenance->takes_writes()) say_on_the_side(maintenance->sentence());
    if (checked.faults.empty()) command.say("all is well");
  }
  return checked.faults.empty() ? Exit::ok : Exit::refused;
}

json as_json(const OpenedStore& from, const OpenedStore& to, const CopyReport& report) {
  json tables = json::array();
  for (const auto& table : report.tables)
    tables.push_back({{"table", table.name},
                      {"rows_from", table.from.rows()},
                      {"rows_to", table.to.rows()},
                      {"same", table.same()}});
  return {{"from", from.name()},
          {"to", to.name()},
          {"moved", report.same()},
          {"moved_before", report.done_before},
          {"tables", tables}};
}

void tell(const Command& command, const OpenedStore& from, const OpenedStore& to, const CopyReport& report) {
  if (report.done_before) return command.say("it was moved before; there was nothing left to do");
  std::vector<std::vector<std::string>> rows{{"TABLE", "ROWS", "COPIED", ""}};
  for (const auto& table : report.tables)
    rows.push_back({table.name, std::to_string(table.from.rows()), std::to_string(table.to.rows()),
                    table.same() ? "same" : "DIFFERENT"});
  std::fputs(cli::table(rows).c_str(), stdout);
  if (!report.same()) return;
  command.say("Moved: the store of " + to.name() + " takes writes, that of " + from.name() +
              " takes none any more. Give the web server the new settings and reload it.");
}

Exit copy(const Command& command, const Words& words) {
  Stores stores;
  OpenedStore from = stores.open(words.from);
  OpenedStore to = stores.open(words.to);
  std::string last;
  engine::StoreCopy store_copy(from, to, [&](const std::string& table, std::uint64_t rows) {
    if (last != table || rows % told_every == 0)
      say_on_the_side((last = table) + ": " + std::to_string(rows) + " rows copied ...");
  });
  try {
    const CopyReport report = store_copy.run();
    if (command.json) {
      command.say_json(as_json(from, to, report));
    } else {
      tell(command, from, to, report);
    }
    if (report.same()) return Exit::ok;
    throw Failure(
        Exit::refused,
        "the two differ, so nothing was moved: both stores stay read-only. `doorward storage open` lets " +
            from.name() + " take writes again; a copy begun after that replaces this one");
  } catch (const engine::CopyRefused& refused) {
    throw Failure(Exit::refused, refused.what());
  }
}

Exit open(const Command& command, const Words& words) {
  Stores stores;
  OpenedStore store = stores.open(command.config);
  const auto found = maintenance_of(store);
  const bool moved = found && found->state == records::Maintenance::State::left;
  if (moved && !words.yes)
    confirm("This store was moved to another one at " + iso_text(found->since) +
            ". What was written there since isn't here, and both would take writes. Open it?");
  bool opened = false;
  try {
    opened = engine::open_again(store);
  } catch (const engine::CopyRefused& refused) {
    throw Failure(Exit::refused, refused.what());
  }
  const char* done = opened ? "takes writes again" : "takes writes already";
  if (command.json) {
    command.say_json(json{{"config", store.name()}, {"opened", opened}});
  } else {
    command.say(store.name() + ": the store " + done);
  }
  return Exit::ok;
}

}  // namespace

void add_storage_words(CLI::App& app, Command& command) {
  CLI::App* storage = app.add_subcommand("storage", "Check what is stored, and move it to another store");
  storage->require_subcommand(1);
  auto words = std::make_shared<Words>();

  CLI::App* check_word = storage->add_subcommand("check",
                                                 "Read everything and tell what can't be so: one fault a "
                                                 "line, by table and id. Exit code 1 where there is any.");
  check_word->footer(
      "It runs beside the web server, changes no row and shows no secret.\n"
      "Examples:\n"
      "  doorward storage check\n"
      "  doorward storage check --json | jq '.faults[]'");
  check_word->callback([&command] { command.run = [&command] { return check(command); }; });

  CLI::App* copy_word =
      storage->add_subcommand("copy",
                              "Move the installation to another store. People who are signed in stay so; "
                              "until it is done nobody can sign in or change anything.");
  copy_word->add_option("--from", words->from, "The settings with the store of today")
      ->required()
      ->type_name("FILE");
  copy_word->add_option("--to", words->to, "The same settings with the new, empty store")
      ->required()
      ->type_name("FILE");
  copy_word->footer(
      "Cut off, the same command goes on where it was. At the end all rows are compared: only then does the\n"
      "new store take writes; the old one takes none any more, unless `doorward storage open` is said.\n"
      "Examples:\n"
      "  doorward storage copy --from /etc/doorward/doorward.yaml --to /etc/doorward/new.yaml\n"
      "  mv /etc/doorward/new.yaml /etc/doorward/doorward.yaml && nginx -s reload");
  copy_word->callback(
      [&command, words] { command.run = [&command, words] { return copy(command, *words); }; });

  CLI::App* open_word = storage->add_subcommand(
      "open", "Let a store take writes again that `doorward storage copy` has closed: the way back.");
  open_word->add_flag("--yes", words->yes, "Don't ask, where the store was moved");
  open_word->footer(
      "A copy that was under way can't go on after that; begin another one.\n"
      "Examples:\n"
      "  doorward storage open\n"
      "  doorward --config /etc/doorward/old.yaml storage open --yes");
  open_word->callback(
      [&command, words] { command.run = [&command, words] { return open(command, *words); }; });
}

}  // namespace doorward::cli
