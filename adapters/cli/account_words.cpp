// doorward account create | invite | list | show | disable | enable | export | delete | set-password | send-reset |
// reset-second-factor
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/prompt.hpp"
#include "cli/session.hpp"

namespace doorward::cli {

namespace {

using engine::AccountDetails;
using nlohmann::json;
using records::Account;

struct Words {  // of the command line
  std::string who, email, name, login_name, after;
  bool administrator = false, password_stdin = false, invite = false, temporary = false, permanent = false,
       yes = false;
  std::uint32_t limit = 100;
};
using Work = Exit (*)(Session&, const Command&, const Words&);

std::vector<std::string> split(const std::string& roles) {
  std::vector<std::string> all;
  std::istringstream stream(roles);
  for (std::string role; std::getline(stream, role, ',');) all.push_back(role);
  return all;
}

const char* status_text(const Account& account) { return account.active() ? "active" : "disabled"; }

std::string addresses(const AccountDetails& details) {
  std::string text;
  for (const auto& email : details.emails)
    text += (text.empty() ? "" : ", ") + email.address + (email.verified_at ? "" : " (not confirmed)");
  return text;
}

json as_json(const AccountDetails& details) {
  const Account& account = details.account;
  json emails = json::array();
  for (const auto& email : details.emails)
    emails.push_back({{"address", email.address},
                      {"verified", email.verified_at.has_value()},
                      {"primary", email.primary}});
  return {{"id", account.id.str()},
          {"name", account.name},
          {"login_name", account.login_name},
          {"status", status_text(account)},
          {"emails", emails},
          {"roles", split(details.roles)},
          {"sessions", details.sessions},
          {"has_password", !account.password.empty()},
          {"second_factor", details.second_factor},
          {"must_change_password", account.must_change_password},
          {"created_at", iso_text(account.created_at)}};
}

// The answer of a word that changes one account.
Exit done(const Command& command, const std::string& who, const std::string& what) {
  if (command.json) {
    command.say_json(json{{"account", who}, {"done", what}});
  } else {
    command.say(who + ": " + what);
  }
  return Exit::ok;
}

Exit add(Session& session, const Command& command, const engine::NewAccount& wanted) {
  const AccountId id = session.must(session.admin().create(wanted));
  if (!wanted.password) session.send_letters();
  if (command.json) {
    command.say_json(
        json{{"id", id.str()}, {"email", wanted.email}, {"invited", !wanted.password.has_value()}});
  } else {
    command.say(wanted.email + ": " + (wanted.password ? "created, id " : "invited, id ") + id.str());
  }
  return Exit::ok;
}

Exit create(Session& session, const Command& command, const Words& words) {
  engine::NewAccount wanted{words.name, words.email,         words.login_name,
                            {},         words.administrator, words.temporary};
  if (!words.invite) wanted.password = new_password(words.password_stdin);
  return add(session, command, wanted);
}

Exit invite(Session& session, const Command& command, const Words& words) {
  if (!words.name.empty())
    return add(session, command, {words.name, words.who, words.login_name, {}, words.administrator, false});
  session.must(session.admin().invite(words.who));
  session.send_letters();
  return done(command, words.who, "invited once more");
}

Exit list(Session& session, const Command& command, const Words& words) {
  const auto accounts = session.admin().list(words.after, words.limit);
  if (command.json) {
    json all = json::array();
    for (const auto& each : accounts) all.push_back(as_json(each));
    command.say_json(all);
    return Exit::ok;
  }
  std::vector<std::vector<std::string>> rows{{"ID", "NAME", "ADDRESSES", "STATUS", "ROLES"}};
  for (const auto& each : accounts)
    rows.push_back(
        {each.account.id.str(), each.account.name, addresses(each), status_text(each.account), each.roles});
  std::fputs(table(rows).c_str(), stdout);
  if (accounts.size() == words.limit)
    std::fprintf(stderr, "There may be more: --after %s\n", accounts.back().account.id.str().c_str());
  return Exit::ok;
}

Exit show(Session& session, const Command& command, const Words& words) {
  const AccountDetails found = session.must(session.admin().show(words.who));
  if (command.json) {
    json value = as_json(found);
    value["history"] = json::array();
    for (const auto& entry : found.history)
      value["history"].push_back({{"at", iso_text(entry.at)},
                                  {"action", entry.action},
                                  {"outcome", entry.outcome},
                                  {"actor", entry.actor},
                                  {"address", entry.address},
                                  {"details", entry.details}});
    command.say_json(value);
    return Exit::ok;
  }
  const Account& account = found.account;
  std::vector<std::vector<std::string>> rows{
      {"id", account.id.str()},
      {"name", account.name},
      {"login name", account.login_name},
      {"addresses", addresses(found)},
      {"status", status_text(account)},
      {"roles", found.roles},
      {"password", account.password.empty()       ? "none"
                   : account.must_change_password ? "to be changed at the next sign-in"
                                                  : "set"},
      {"second factor", found.second_factor ? "on" : "off"},
      {"sessions", std::to_string(found.sessions)},
      {"created", iso_text(account.created_at)}};
  std::fputs(table(rows).c_str(), stdout);
  if (found.history.empty()) return Exit::ok;
  rows = {{"TIME", "ACTION", "OUTCOME", "BY", "FROM"}};
  for (const auto& entry : found.history)
    rows.push_back({iso_text(entry.at), entry.action, entry.outcome,
                    entry.actor == account.id.str() ? "owner" : entry.actor, entry.address});
  std::fputs(("\n" + table(rows)).c_str(), stdout);
  return Exit::ok;
}

Exit disable(Session& session, const Command& command, const Words& words) {
  session.must(session.admin().set_status(words.who, Account::Status::disabled));
  return done(command, words.who, "disabled; its sessions are ended");
}

Exit enable(Session& session, const Command& command, const Words& words) {
  session.must(session.admin().set_status(words.who, Account::Status::active));
  return done(command, words.who, "enabled");
}

Exit export_data(Session& session, const Command&, const Words& words) {
  std::fputs(session.must(session.admin().export_text(words.who)).c_str(), stdout);
  return Exit::ok;
}

Exit remove(Session& session, const Command& command, const Words& words) {
  const AccountDetails found = session.must(session.admin().show(words.who));
  if (!words.yes) confirm("Delete " + found.account.name + " (" + addresses(found) + ") for good?");
  session.must(session.admin().remove(found.account.id.str()));
  session.send_letters();  // the owner is told
  return done(command, words.who, "deleted");
}

Exit set_password(Session& session, const Command& command, const Words& words) {
  const AccountDetails found =
      session.must(session.admin().show(words.who));  // before a person types for nothing
  const std::string password = new_password(words.password_stdin);
  session.must(session.admin().set_password(found.account.id.str(), password, !words.permanent));
  session.send_letters();  // the owner is told
  return done(command, words.who,
              std::string("password set; its sessions are ended") +
                  (words.permanent ? "" : "; it has to be changed at the next sign-in"));
}

Exit send_reset(Session& session, const Command& command, const Words& words) {
  session.must(session.admin().send_reset(words.who));
  session.send_letters();
  return done(command, words.who, "a link to choose a new password is on its way");
}

Exit reset_second_factor(Session& session, const Command& command, const Words& words) {
  session.must(session.admin().reset_second_factor(words.who));
  session.send_letters();  // the owner is told
  return done(command, words.who, "two-factor authentication is off; its sessions are ended");
}

constexpr const char* who_help = "The account's id, address or login name";

}  // namespace

void add_account_words(CLI::App& app, Command& command) {
  CLI::App* account = app.add_subcommand("account", "Make, find and change accounts");
  account->require_subcommand(1);
  auto words = std::make_shared<Words>();
  const auto word = [&](const char* name, const char* help, const char* examples, Work work) {
    CLI::App* added = account->add_subcommand(name, help);
    added->footer(std::string("Examples:\n") + examples);
    added->callback([&command, words, work] {
      command.run = [&command, words, work] {
        Session session(command);
        return work(session, command, *words);
      };
    });
    return added;
  };
  const auto of_one = [&](CLI::App* added) {
    return added->add_option("WHO", words->who, who_help)->required();
  };
  const auto password_stdin = [&](CLI::App* added) {
    return added->add_flag("--password-stdin", words->password_stdin,
                           "Take the password from the first line of standard input and not from a prompt");
  };

  CLI::App* create_word = word(
      "create", "Make an account with a password. Its address counts as confirmed by you.",
      "  doorward account create --email ada@example.org --name \"Ada\" --administrator\n"
      "  doorward account create --email bob@example.org --name \"Bob\" --invite\n"
      "  pwgen -s 24 1 | doorward account create --email c@example.org --name C --password-stdin --temporary",
      create);
  create_word->add_option("--email", words->email, "The address to sign in with")->required();
  create_word->add_option("--name", words->name, "The name that pages and the site show")->required();
  create_word->add_option("--login-name", words->login_name, "A name to sign in with besides the address");
  create_word->add_flag("--administrator", words->administrator,
                        "May use /backup-login, and places that ask for this role");
  create_word->add_flag("--temporary", words->temporary, "The password must be changed at the first sign-in");
  CLI::Option* from_stdin = password_stdin(create_word);
  create_word->add_flag("--invite", words->invite, "Set no password: a letter lets the owner choose one")
      ->excludes(from_stdin);

  CLI::App* invite_word = word(
      "invite",
      "Send somebody a letter with which they choose a password. With --name the account is made, without it "
      "an account that waits is invited once more.",
      "  doorward account invite ada@example.org --name \"Ada\"\n  doorward account invite ada@example.org",
      invite);
  of_one(invite_word);
  invite_word->add_option("--name", words->name, "The new account's name");
  invite_word->add_option("--login-name", words->login_name, "A name to sign in with besides the address");
  invite_word->add_flag("--administrator", words->administrator,
                        "May use /backup-login, and places that ask for this role");

  CLI::App* list_word =
      word("list", "Accounts in the order in which they were made.",
           "  doorward account list\n  doorward account list --json | jq -r '.[].emails[].address'", list);
  list_word->add_option("--limit", words->limit, "How many at most, 100 unless told")
      ->check(CLI::Range(1, 10000));
  list_word->add_option("--after", words->after, "Go on after this id")->type_name("ID");

  of_one(word("show", "One account, and what happened to it lately.",
              "  doorward account show ada@example.org", show));
  of_one(
      word("disable",
           "Let nobody in with this account any more. All its sessions end at once, everywhere on this host.",
           "  doorward account disable ada@example.org", disable));
  of_one(word("enable", "Let a disabled account in again.", "  doorward account enable ada@example.org",
              enable));
  of_one(word("export", "All that is held about an account, as its owner gets it: one JSON document.",
              "  doorward account export ada@example.org > ada.json", export_data));
  CLI::App* delete_word = word(
      "delete",
      "Remove an account and all that belongs to it, for good. Records of who did what "
      "stay for audit.retention.",
      "  doorward account delete ada@example.org\n  doorward account delete ada@example.org --yes", remove);
  of_one(delete_word);
  delete_word->add_flag("--yes", words->yes, "Don't ask");
  CLI::App* password_word =
      word("set-password",
           "Give an account a temporary password, good for 24 hours and for choosing another. Its "
           "sessions end, and its owner is told by mail. `send-reset` is the kinder way.",
           "  doorward account set-password ada@example.org\n"
           "  pwgen -s 24 1 | doorward account set-password ada@example.org --password-stdin",
           set_password);
  of_one(password_word);
  password_stdin(password_word);
  password_word->add_flag("--permanent", words->permanent, "It need not be changed, and has no end");
  of_one(word("send-reset", "Send the owner a link with which they choose a new password.",
              "  doorward account send-reset ada@example.org", send_reset));
  of_one(word("reset-second-factor",
              "Turn two-factor authentication off for somebody who has lost device and recovery codes: make "
              "sure that "
              "it is them. Its sessions end, and its owner is told by mail.",
              "  doorward account reset-second-factor ada@example.org", reset_second_factor));
}

}  // namespace doorward::cli
