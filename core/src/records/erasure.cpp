#include "records/erasure.hpp"

#include <set>
#include <string>

#include "records/account.hpp"
#include "records/avatar.hpp"
#include "records/email.hpp"
#include "records/factor.hpp"
#include "records/membership.hpp"
#include "records/outbox_message.hpp"
#include "records/recovery_code.hpp"
#include "records/session.hpp"
#include "records/token.hpp"
#include "records/trusted_browser.hpp"

namespace doorward::records {
namespace {

constexpr const Table* of_accounts[] = {&Email::table,        &Session::table,       &Token::table,
                                        &Membership::table,   &Avatar::table,        &Factor::table,
                                        &RecoveryCode::table, &TrustedBrowser::table};

// What letters and links are asked for by: the addresses that are the account's alone, the name it signs in with, its id. An
// address that was never confirmed may be somebody else's.
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

bool is_about_a_token(Transaction& tx, const OutboxMessage& message) {
  return !message.subject.empty() &&
         find_one<Token>(tx, {{"id", Test::is, Value::of_text(message.subject)}}).has_value();
}

// Once the account's tokens are gone: a letter about one that is left is somebody else's, who wants to have this address.
void remove_letters_to(Transaction& tx, const std::string& name) {
  for (const OutboxMessage& message :
       find_all<OutboxMessage>(tx, {{"recipient", Test::is, Value::of_text(name)}})) {
    if (!is_about_a_token(tx, message)) OutboxMessages(tx).remove(message.id);
  }
}

}  // namespace

std::span<const Table* const> tables_of_accounts() { return of_accounts; }

void erase_account(Transaction& tx, const AccountId& account) {
  const auto names = names_of(tx, account);
  OutboxMessages outbox(tx);
  for (const Token& token : tokens_of(tx, account, names)) {
    outbox.remove_about(token.id);
    remove(tx, Token::table, {{"hash", Test::is, Value::of_bytes(token.hash)}});
  }
  outbox.remove_about(account.str());
  for (const std::string& name : names) remove_letters_to(tx, name);
  for (const Table* table : of_accounts)
    remove(tx, *table, {{"account", Test::is, Value::of_text(account.str())}});
  Accounts(tx).remove(account);
}

}  // namespace doorward::records
