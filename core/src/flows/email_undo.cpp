#include "flows/email_undo.hpp"

#include <algorithm>

#include "flows/addresses.hpp"
#include "flows/new_password.hpp"
#include "flows/step_link.hpp"
#include "flows/token_address.hpp"
#include "records/session.hpp"

namespace doorward::flows {
namespace {

using records::Email;
using records::Emails;
using records::Token;
using records::TokenPurpose;
using records::Tokens;
using records::Transaction;

Outcome link_invalid(const Call& call) { return flows::link_invalid(call, "undo"); }

std::optional<Token> linked(const Call& call) {
  return call.services.database.read([&](Transaction& tx) {
    auto token = step(tx, call, TokenPurpose::email_undo);
    return token && is_form_of(call, *token) ? token : std::nullopt;
  });
}

bool is_anothers(const Call& call, const Token& token, const std::string& address) {
  return call.services.database.read([&](Transaction& tx) {
    const auto email = records::CanonicalEmail::parse(address);
    const auto owned = email ? Emails(tx).verified(*email) : std::nullopt;
    return owned && owned->account != token.account;
  });
}

Outcome get(Call& call) {
  if (auto outcome = take_out_of_address(call, call.services.path("/emails/undo"))) return *outcome;
  const auto token = linked(call);
  if (!token) return link_invalid(call);
  const std::string address = open_address(call.services.keys, *token).address;
  if (is_anothers(call, *token, address)) return link_invalid(call);
  return show("email_undo", {{"email", address}, {"token", form_token(*token)}});
}

// The address as the account has it, or has it again. None: another account's by now.
std::optional<Email> restored(Transaction& tx, const Call& call, const Token& token) {
  Emails emails(tx);
  const TokenAddress about = open_address(call.services.keys, token);
  const auto address = records::CanonicalEmail::parse(about.address);
  if (!address) return std::nullopt;
  if (auto known = emails.verified(*address)) {
    if (known->account != token.account) return std::nullopt;
    return known;
  }
  Email email;
  email.id = EmailId::make(call.now, call.services.random);
  email.account = token.account;
  email.address = about.address;
  email.key = address->key();
  email.verified_at = about.verified_at;  // or it would be newer than what was there instead of it
  email.created_at = std::min(call.now, email.verified_at.value_or(call.now));
  if (!emails.insert(email)) return std::nullopt;
  return email;
}

// Those that were the primary one since, as far as they had letters that it isn't any more.
std::vector<std::string> replaced_since(Transaction& tx, const Call& call, const Token& token) {
  std::vector<std::string> keys;
  for (const Token& other : Tokens(tx, call.services.keys).of_account(token.account)) {
    if (other.purpose == TokenPurpose::email_undo && other.created_at >= token.created_at)
      keys.push_back(other.recipient);
  }
  return keys;
}

// Whoever has changed the address may have added others: what was confirmed shortly before the change, or since, goes; and what
// took its place, however long before it was added, unless it is the older one.
void drop_newer(Transaction& tx, const Call& call, const Token& token, const Email& kept) {
  const auto replaced = replaced_since(tx, call, token);
  for (const Email& email : Emails(tx).of_account(token.account)) {
    if (email.id == kept.id || !email.verified_at) continue;
    const bool is_new = *email.verified_at >= token.created_at - undo_lifetime;
    const bool took_its_place =
        email.primary || std::find(replaced.begin(), replaced.end(), email.key) != replaced.end();
    const bool goes = is_new || (took_its_place && *email.verified_at > *kept.verified_at);
    if (goes) forget_address(tx, call.services, email);
    if (goes || email.primary)
      enqueue_address_notice(tx, call, "email_undone", token.account, email.address, kept.address);
  }
}

// Ways back from later changes go, too: they lead to addresses that were somebody else's doing. Those from earlier ones stay.
void drop_later_undos(Transaction& tx, const Call& call, const Token& token) {
  Tokens tokens(tx, call.services.keys);
  for (const Token& other : tokens.of_account(token.account)) {
    if (other.purpose == TokenPurpose::email_undo && other.created_at >= token.created_at)
      tokens.remove(other);
  }
}

// The way to a new password, in this browser; its secret.
std::string offer_password(Transaction& tx, const Call& call, const Email& email) {
  const Services& services = call.services;
  Tokens tokens(tx, services.keys);
  return tokens.secret(tokens.issue({make_uuid(call.now, services.random),
                                     TokenPurpose::recovery,
                                     email.account,
                                     email.key,
                                     call.visitor.binding,
                                     {},
                                     call.now + services.settings.recovery.lifetime},
                                    call.now));
}

// Sessions, links and the password are of no more use to whoever has them. None: used, or the address is another's.
std::optional<std::string> undo(Call& call) {
  return call.services.database.write([&](Transaction& tx) -> std::optional<std::string> {
    const auto token = take_step(tx, call, TokenPurpose::email_undo);
    const auto account = token ? records::Accounts(tx).by_id(token->account) : std::nullopt;
    const auto email = account && account->active() ? restored(tx, call, *token) : std::nullopt;
    if (!email) {
      tx.abandon();
      return std::nullopt;
    }
    drop_newer(tx, call, *token, *email);
    Emails(tx).make_primary(*email);
    records::Sessions(tx).end_all(account->id);
    end_links(tx, call, account->id);
    drop_later_undos(tx, call, *token);
    records::Accounts(tx).clear_password(account->id, call.now);
    audit(tx, call, {"email.undo", "ok", account->id, email->id.str()});
    enqueue_address_notice(tx, call, "email_undone", account->id, email->address, email->address);
    return offer_password(tx, call, *email);
  });
}

Outcome post(Call& call) {
  if (!linked(call)) return link_invalid(call);
  const auto secret = undo(call);
  if (!secret) return link_invalid(call);
  return go_to(call.services.path("/recovery/reset"), "address_undone").with(step_cookie(call, *secret));
}

}  // namespace

std::vector<Route> email_undo_routes() { return {{"/emails/undo", Access::anyone, get, post}}; }

}  // namespace doorward::flows
