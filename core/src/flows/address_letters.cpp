#include "flows/address_letters.hpp"

#include "flows/addresses.hpp"
#include "flows/token_address.hpp"

namespace doorward::flows {
namespace {

using records::Account;
using records::Accounts;
using records::OutboxMessage;
using records::Token;
using records::Tokens;
using records::Transaction;
using Composed = std::optional<mail::Composed>;

// What every letter says of what happened: the name, when, from where.
void add_happening(nlohmann::json& model, const Account& account, const OutboxMessage& message) {
  const auto payload = nlohmann::json::parse(message.payload);
  model["name"] = account.name;
  model["time"] = payload.at("at");
  model["address"] = payload.at("address");
}

// A letter to `mailbox`, to be confirmed. Its owner, if it has one, is told instead, and nobody learns a link or a code.
Composed compose_confirm(const Services& services, Transaction& tx, const OutboxMessage& message) {
  Tokens tokens(tx, services.keys);
  const auto token = tokens.by_id(message.subject);
  const auto email = records::CanonicalEmail::parse(message.recipient);
  if (!token || !email) return std::nullopt;
  const auto asking = Accounts(tx).by_id(token->account);
  if (!asking || !asking->active()) return std::nullopt;
  nlohmann::json model = letter_model(services);
  if (const auto owned = records::Emails(tx).verified(*email)) {
    const auto owner = Accounts(tx).by_id(owned->account);
    if (!owner) return std::nullopt;
    return mail::Composed{"email_known", owner->name, owned->address, reader_of(*owner, message.locale),
                          std::move(model)};
  }
  model["link"] = services.link("/emails/confirm?token=") + tokens.secret(*token);
  model["code"] = tokens.code(*token);
  model["hours"] =
      std::chrono::duration_cast<std::chrono::hours>(services.settings.signup.confirmation_lifetime).count();
  return mail::Composed{"email_confirm",
                        {},
                        open_address(services.keys, *token).address,
                        reader_of(*asking, message.locale),
                        std::move(model)};
}

// To the address that was the primary one, with the way to take it back.
Composed compose_changed(const Services& services, Transaction& tx, const OutboxMessage& message) {
  Tokens tokens(tx, services.keys);
  const auto token = tokens.by_id(message.subject);
  if (!token) return std::nullopt;
  const auto account = Accounts(tx).by_id(token->account);
  if (!account || !account->active()) return std::nullopt;
  nlohmann::json model = letter_model(services);
  add_happening(model, *account, message);
  model["link"] = services.link("/emails/undo?token=") + tokens.secret(*token);
  model["hours"] = undo_lifetime.count();
  return mail::Composed{"email_changed", account->name, open_address(services.keys, *token).address,
                        reader_of(*account, message.locale), std::move(model)};
}

// Whether the mailbox can still reset the password.
bool is_of(Transaction& tx, const Account& account, const std::string& recipient) {
  const auto address = records::CanonicalEmail::parse(recipient);
  const auto email = address ? records::Emails(tx).verified(*address) : std::nullopt;
  return email && email->account == account.id;
}

mail::Composer notice(const Services& services, const std::string& letter) {
  return [&services, letter](Transaction& tx, const OutboxMessage& message) -> Composed {
    const auto account = Accounts(tx).by_id(AccountId(message.subject));
    if (!account) return std::nullopt;
    nlohmann::json model = letter_model(services);
    add_happening(model, *account, message);
    model["email"] = nlohmann::json::parse(message.payload).at("email");
    model["gone"] = !is_of(tx, *account, message.recipient);
    return mail::Composed{letter, account->name, message.recipient, reader_of(*account, message.locale),
                          std::move(model)};
  };
}

}  // namespace

Letters address_letters(const Services& services) {
  return {{"email_confirm",
           [&services](Transaction& tx, const OutboxMessage& message) {
             return compose_confirm(services, tx, message);
           }},
          {"email_changed",
           [&services](Transaction& tx, const OutboxMessage& message) {
             return compose_changed(services, tx, message);
           }},
          {"email_added", notice(services, "email_added")},
          {"email_removed", notice(services, "email_removed")},
          {"email_replaced", notice(services, "email_replaced")},
          {"email_undone", notice(services, "email_undone")}};
}

}  // namespace doorward::flows
