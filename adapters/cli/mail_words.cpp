// doorward mail test | queue
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/session.hpp"
#include "mail/sender.hpp"

namespace doorward::cli {

namespace {

using nlohmann::json;
using records::OutboxMessage;
using records::OutboxState;

struct Words {
  std::string address, retry;
  bool dead = false, send = false;
  std::uint32_t limit = 100;
};

Exit test(const Command& command, const Words& words) {
  Session session(command);
  const mail::Sent sent = session.admin().send_test_letter(words.address);
  const bool accepted = sent.outcome == mail::Sent::Outcome::accepted;
  const char* outcome = accepted                                       ? "accepted"
                        : sent.outcome == mail::Sent::Outcome::refused ? "refused"
                                                                       : "later";
  if (command.json) {
    command.say_json(json{{"address", words.address}, {"outcome", outcome}, {"why", sent.why}});
  } else if (accepted) {
    command.say(words.address + ": the mail server has taken the letter");
  } else {
    throw Failure(sent.outcome == mail::Sent::Outcome::refused ? Exit::refused : Exit::unavailable,
                  words.address + ": " + sent.why);
  }
  return accepted                                       ? Exit::ok
         : sent.outcome == mail::Sent::Outcome::refused ? Exit::refused
                                                        : Exit::unavailable;
}

Exit show(const Command& command, const std::vector<OutboxMessage>& letters) {
  if (command.json) {
    json all = json::array();
    for (const auto& each : letters)
      all.push_back({{"id", each.id.str()},
                     {"kind", each.kind},
                     {"recipient", each.recipient},
                     {"attempts", each.attempts},
                     {"created_at", iso_text(each.created_at)},
                     {"next_at", iso_text(each.next_at)},
                     {"expires_at", iso_text(each.expires_at)},
                     {"dead", each.state == OutboxState::dead},
                     {"last_error", each.last_error}});
    command.say_json(all);
    return Exit::ok;
  }
  std::vector<std::vector<std::string>> rows{{"ID", "LETTER", "TO", "TRIES", "NEXT", "LAST ERROR"}};
  for (const auto& each : letters)
    rows.push_back({each.id.str(), each.kind, each.recipient, std::to_string(each.attempts),
                    each.state == OutboxState::dead ? "never" : iso_text(each.next_at), each.last_error});
  std::fputs(table(rows).c_str(), stdout);
  return Exit::ok;
}

Exit queue(const Command& command, const Words& words) {
  Session session(command);
  if (!words.retry.empty() && !session.admin().retry(words.retry))
    throw Failure(Exit::refused, "there is no dead letter " + words.retry);
  if (words.send || !words.retry.empty()) session.admin().send_due();
  return show(command,
              session.admin().queue(words.dead ? OutboxState::dead : OutboxState::waiting, words.limit));
}

}  // namespace

void add_mail_words(CLI::App& app, Command& command) {
  auto words = std::make_shared<Words>();
  CLI::App* mail = app.add_subcommand("mail", "Try the mailer, and see what it has not sent yet");
  mail->require_subcommand(1);

  CLI::App* test_word =
      mail->add_subcommand("test", "Send a letter at once, past the outbox, and say what came of it.");
  test_word->add_option("ADDRESS", words->address, "Where to")->required();
  test_word->footer("Example:\n  doorward mail test postmaster@example.org");
  test_word->callback(
      [&command, words] { command.run = [&command, words] { return test(command, *words); }; });

  CLI::App* queue_word = mail->add_subcommand("queue", "Letters that wait to be sent, the next one first.");
  queue_word->add_flag("--dead", words->dead, "Those that were given up, with the reason");
  queue_word->add_flag("--send", words->send, "Send first what is due");
  queue_word->add_option("--retry", words->retry, "Let this dead letter wait again, for a day at most")
      ->type_name("ID");
  queue_word->add_option("--limit", words->limit, "How many at most, 100 unless told")
      ->check(CLI::Range(1, 10000));
  queue_word->footer("Examples:\n  doorward mail queue\n  doorward mail queue --dead --json");
  queue_word->callback(
      [&command, words] { command.run = [&command, words] { return queue(command, *words); }; });
}

}  // namespace doorward::cli
