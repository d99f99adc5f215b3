// doorward audit verify | key
#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/stores.hpp"
#include "engine/audit_lines.hpp"

namespace doorward::cli {

namespace {

using engine::AuditLines;
using engine::AuditVerified;
using nlohmann::json;

struct Words {
  std::string log;
};

std::string counted(std::uint64_t count, const char* one, const char* many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

AuditLines read_log(engine::OpenedStore& store, const std::string& path) {
  if (path.empty()) return {};
  if (path == "-")
    return engine::compare_with_log(store.database(), store.keys(), std::cin, "standard input");
  std::ifstream file(path);
  if (!file) throw Failure(Exit::unavailable, path + " can't be read");
  return engine::compare_with_log(store.database(), store.keys(), file, path);
}

json as_json(const AuditVerified& found, const AuditLines& log, const Words& words) {
  json answer{{"good", found.faults.empty() && log.faults.empty()},
              {"from", found.from ? json(iso_text(*found.from)) : json()},
              {"to", found.to ? json(iso_text(*found.to)) : json()},
              {"records", found.records},
              {"checkpoints", found.checkpoints},
              {"records_after_last_checkpoint", found.after_last},
              {"records_without_chain", found.unchained},
              {"records_about_to_go", found.expired},
              {"faults", json::array()},
              {"faults_not_listed", found.more_faults}};
  if (!words.log.empty()) answer["log"] = {{"checkpoints", log.checkpoints}, {"not_signed", log.strange}};
  for (const auto* faults : {&found.faults, &log.faults}) {
    for (const auto& [where, what] : *faults) answer["faults"].push_back({{"where", where}, {"what", what}});
  }
  return answer;
}

void tell(const Command& command, const AuditVerified& found, const AuditLines& log, const Words& words) {
  for (const auto* faults : {&found.faults, &log.faults}) {
    for (const auto& [where, what] : *faults) command.say(where + ": " + what);
  }
  if (found.more_faults != 0) command.say("and " + counted(found.more_faults, "fault", "faults") + " more");
  if (!words.log.empty()) {
    command.say(
        "In the log: " + counted(log.checkpoints, "checkpoint", "checkpoints") + " of this site" +
        (log.strange == 0 ? "" : ", and " + counted(log.strange, "line", "lines") + " that only look so"));
  }
  if (found.unchained != 0) {
    command.say(counted(found.unchained, "record is in no chain; nothing vouches for it",
                        "records are in no chain; nothing vouches for them"));
  }
  if (found.expired != 0) {
    command.say(counted(found.expired, "record, whose time is over, is", "records, whose time is over, are") +
                " about to go: nothing vouches for the first of a chain");
  }
  if (found.after_last != 0) {
    command.say(counted(found.after_last, "record is", "records are") +
                " newer than the last checkpoint: if they were cut off, nothing would show it");
  }
  const std::string span =
      found.from ? "From " + iso_text(*found.from) + " to " + iso_text(*found.to) + ": " : "";
  const bool good = found.faults.empty() && log.faults.empty();
  command.say(span + counted(found.records, "record", "records") + ", " +
              counted(found.checkpoints, "checkpoint", "checkpoints") + ", " +
              (good ? "all good" : "NOT as they were written"));
}

// Faults are the answer of this word, so that they stand on standard output.
Exit verify(const Command& command, const Words& words) {
  Stores stores;
  engine::OpenedStore store = stores.open(command.config);
  const AuditVerified found =
      engine::verify_audit(store.database(), store.keys(), {stores.now(), store.settings().audit.retention});
  const AuditLines log = read_log(store, words.log);
  if (command.json) {
    command.say_json(as_json(found, log, words));
  } else {
    tell(command, found, log, words);
  }
  return found.faults.empty() && log.faults.empty() ? Exit::ok : Exit::refused;
}

Exit key(const Command& command) {
  Stores stores;
  engine::OpenedStore store = stores.open(command.config);
  json answer = json::array();
  for (const std::string& id : store.keys().ids()) {
    const std::string pem = records::audit_signing_key(store.keys(), id).public_pem();
    answer.push_back({{"key", id}, {"public_key", pem}});
    if (!command.json) std::printf("key %s\n%s", id.c_str(), pem.c_str());
  }
  if (command.json) command.say_json(answer);
  return Exit::ok;
}

}  // namespace

void add_audit_words(CLI::App& app, Command& command) {
  CLI::App* audit = app.add_subcommand("audit", "Look whether the record of what happened is whole");
  audit->require_subcommand(1);
  auto words = std::make_shared<Words>();

  CLI::App* verify_word = audit->add_subcommand(
      "verify",
      "Read all of it and name what was changed, put in, taken out or moved since it was "
      "written. Exit code 1 where there is any.");
  verify_word
      ->add_option("--log", words->log,
                   "The server's log, or - for standard input: each checkpoint in it has to be in the store, "
                   "and it has to have one")
      ->type_name("FILE");
  verify_word->footer(
      "It runs beside the web server and changes no row. A log that is kept on another machine shows, too, "
      "where\n"
      "an older state of the whole store was put back.\n"
      "Examples:\n"
      "  doorward audit verify\n"
      "  doorward audit verify --json | jq '.faults[]'\n"
      "  ssh logs.example.org cat /var/log/doorward.log | doorward audit verify --log -");
  verify_word->callback(
      [&command, words] { command.run = [&command, words] { return verify(command, *words); }; });

  CLI::App* key_word = audit->add_subcommand(
      "key",
      "Print the public key that checkpoints are signed with (Ed25519), one for each key of the key ring.");
  key_word->footer(
      "Whoever has it can check a checkpoint's line without this machine: docs/guides/audit.md.\n"
      "Examples:\n"
      "  doorward audit key");
  key_word->callback([&command] { command.run = [&command] { return key(command); }; });
}

}  // namespace doorward::cli
