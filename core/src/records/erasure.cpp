#include "records/erasure.hpp"

#include <iterator>
#include <set>
#include <string>

#include "records/account.hpp"
#include "records/avatar.hpp"
#include "records/email.hpp"
#include "records/factor.hpp"
#include "records/membership.hpp"
#include "records/recovery_code.hpp"
#include "records/session.hpp"
#include "records/trusted_browser.hpp"

namespace doorward::records {
namespace {

constexpr const Table* of_accounts[] = {&Email::table,        &Session::table,       &Token::table,
                                        &Membership::table,   &Avatar::table,        &Factor::table,
                                        &RecoveryCode::table, &TrustedBrowser::table};

// What links are asked for by: the addresses that are the account's alone, the name it signs in with, its id. An address that
// was never confirmed may be somebody else's.
std::set<std::string> names_of(Transaction& tx, const AccountId& id) {
  std::set<std::string> names = {id.str()};
  for (const Email& email : Emails(tx).of_account(id)) {
    if (email.verified_at) names.insert({email.key, email.address});
  }
  if (const auto account = Accounts(tx).by_id(id); account && !account->login_name.empty())
    names.insert(login_key(account->login_name));
  return names;
}

// A recovery is nobody's until its letter is written.
std::vector<Token> tokens_of(Transaction& tx, const AccountId& id, const std::set<std::string>& names) {
  std::vector<Token> tokens = find_all<Token>(tx, {{"account", Test::is, Value::of_text(id.str())}});
  for (const std::string& name : names) {
    for (Token& token : find_all<Token>(tx, {{"recipient", Test::is, Value::of_text(name)}})) {
      if (token.account.empty()) tokens.push_back(std::move(token));
    }
  }
  return tokens;
}

// About an account, or about a token: then of somebody who wants to have this address.
bool is_somebody_elses(Transaction& tx, const AccountId& id, const OutboxMessage& message) {
  if (message.subject.empty() || message.subject == id.str()) return false;
  return find_one<Token>(tx, {{"id", Test::is, Value::of_text(message.subject)}}).has_value() ||
         Accounts(tx).by_id(AccountId(message.subject)).has_value();
}

// Addresses that were never confirmed: letters that couldn't be sent there may be about a token that has ended since.
std::set<std::string> unconfirmed_of(Transaction& tx, const AccountId& id) {
  std::set<std::string> names;
  for (const Email& email : Emails(tx).of_account(id)) {
    if (!email.verified_at) names.insert({email.key, email.address});
  }
  return names;
}

std::vector<OutboxMessage> letters_of(Transaction& tx, const AccountId& id,
                                      const std::set<std::string>& names, const std::vector<Token>& tokens) {
  std::vector<OutboxMessage> letters = OutboxMessages(tx).about(id.str());
  const auto add = [&](std::vector<OutboxMessage> more) {
    std::move(more.begin(), more.end(), std::back_inserter(letters));
  };
  for (const Token& token : tokens) add(OutboxMessages(tx).about(token.id));
  const auto add_sent_to = [&](const std::string& name, const auto& is_kept) {
    auto sent = find_all<OutboxMessage>(tx, {{"recipient", Test::is, Value::of_text(name)}});
    std::erase_if(sent, [&](const OutboxMessage& message) {
      return message.subject == id.str() || is_kept(message) || is_somebody_elses(tx, id, message);
    });
    add(std::move(sent));
  };
  for (const std::string& name : names) add_sent_to(name, [](const OutboxMessage&) { return false; });
  for (const std::string& name : unconfirmed_of(tx, id))
    add_sent_to(name, [](const OutboxMessage& message) { return message.subject.empty(); });
  return letters;
}

}  // namespace

std::span<const Table* const> tables_of_accounts() { return of_accounts; }

Owed owed_to(Transaction& tx, const AccountId& account) {
  const auto names = names_of(tx, account);
  Owed owed;
  owed.tokens = tokens_of(tx, account, names);
  owed.letters = letters_of(tx, account, names, owed.tokens);
  return owed;
}

void erase_account(Transaction& tx, const AccountId& account) {
  const Owed owed = owed_to(tx, account);
  for (const OutboxMessage& letter : owed.letters) OutboxMessages(tx).remove(letter.id);
  for (const Token& token : owed.tokens)
    remove(tx, Token::table, {{"hash", Test::is, Value::of_bytes(token.hash)}});
  for (const Table* table : of_accounts)
    remove(tx, *table, {{"account", Test::is, Value::of_text(account.str())}});
  Accounts(tx).remove(account);
}

}  // namespace doorward::records
