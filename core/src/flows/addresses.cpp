#include "flows/addresses.hpp"

#include <algorithm>

#include "flows/renewal.hpp"
#include "flows/token_address.hpp"

namespace doorward::flows {
namespace {

using records::Email;
using records::Emails;
using records::Token;
using records::TokenPurpose;
using records::Tokens;
using records::Transaction;

constexpr std::chrono::hours notice_lifetime{24};

Refusal too_many(const char* code, std::size_t maximum) {
  return {code, "email", {{"maximum", std::to_string(maximum)}}, 422, {}};
}

// Of the same address, and of an earlier change of the primary one: only the newest letter counts.
void drop_replaced(Transaction& tx, const Call& call, const records::CanonicalEmail& email,
                   bool make_primary) {
  for (const Token& token : waiting_addresses(tx, call)) {
    const bool same_change = make_primary && open_address(call.services.keys, token).make_primary;
    if (token.recipient == email.key() || same_change) Tokens(tx, call.services.keys).remove(token);
  }
}

// The old address is told, and whoever reads it can take it back (M18). But one that has come lately, and gives way to one that was
// the account's before it, may be an intruder's, who would take back what its owner has just put right.
void tell_old_primary(Transaction& tx, const Call& call, const Email& old, const Email& email) {
  const Services& services = call.services;
  if (*old.verified_at > *email.verified_at && *old.verified_at > call.now - undo_lifetime)
    return enqueue_address_notice(tx, call, "email_replaced", old.account, old.address, old.address);
  const std::string id = make_uuid(call.now, services.random);
  const Time expires = call.now + undo_lifetime;
  Tokens(tx, services.keys)
      .issue({id,
              TokenPurpose::email_undo,
              old.account,
              old.key,
              {},
              seal(services, id, {old.address, false, old.verified_at}),
              expires},
             call.now);
  enqueue(tx, call, {"email_changed", id, old.key, happened(call).dump(), {}, expires});
}

}  // namespace

bool may_change_addresses(const Services& services) { return services.settings.emails.change == "own"; }

Result<AddressChange> change_addresses(const Call& call, const AddressWork& work) {
  const auto allowed = call.services.throttle.attempt_change(call.person().account.id.str(), call.now);
  if (!allowed) return refuse(allowed.error());
  return call.services.database.write([&](Transaction& tx) -> Result<AddressChange> {
    if (!is_still_signed_in(tx, call)) return refuse("unauthenticated", {}, 401);
    auto change = work(tx);
    if (!change) tx.abandon();
    return change;
  });
}

std::vector<Token> waiting_addresses(Transaction& tx, const Call& call) {
  auto tokens = Tokens(tx, call.services.keys).of_account(call.person().account.id);
  std::erase_if(tokens, [&](const Token& token) {
    return token.purpose != TokenPurpose::email_confirm || token.expires_at <= call.now;
  });
  std::sort(tokens.begin(), tokens.end(), [](const Token& a, const Token& b) { return a.id < b.id; });
  return tokens;
}

Result<AddressChange> ask_for_address(Transaction& tx, const Call& call, const records::CanonicalEmail& email,
                                      bool make_primary) {
  const Services& services = call.services;
  const AccountId& account = call.person().account.id;
  const auto own = Emails(tx).of_account(account);
  if (std::any_of(own.begin(), own.end(), [&](const Email& known) { return known.key == email.key(); }))
    return refuse("email_own", "email");
  drop_replaced(tx, call, email, make_primary);
  const std::size_t waiting = waiting_addresses(tx, call).size();
  if (own.size() + waiting >= max_addresses) return refuse(too_many("too_many_emails", max_addresses));
  if (waiting >= max_waiting_addresses) return refuse(too_many("too_many_waiting", max_waiting_addresses));

  const std::string id = make_uuid(call.now, services.random);
  const Time expires = call.now + services.settings.signup.confirmation_lifetime;
  Tokens(tx, services.keys)
      .issue({id, TokenPurpose::email_confirm, account, email.key(), call.visitor.binding,
              seal(services, id, {email.address(), make_primary}), expires},
             call.now);
  enqueue(tx, call, {"email_confirm", id, email.key(), {}, {}, expires});
  audit(tx, call, {"email.add", "ok", account, id});
  return AddressChange{"address_sent", {}};
}

Result<AddressChange> confirm_address(Transaction& tx, const Call& call, std::string_view secret) {
  const Services& services = call.services;
  const auto token =
      Tokens(tx, services.keys).take(TokenPurpose::email_confirm, secret, call.visitor.binding, call.now);
  if (!token || token->account != call.person().account.id) return refuse("link_invalid", {}, 410);
  const TokenAddress about = open_address(services.keys, *token);
  Email email;
  email.id = EmailId::make(call.now, services.random);
  email.account = token->account;
  email.address = about.address;
  email.key = token->recipient;
  email.verified_at = email.created_at = call.now;
  if (!Emails(tx).insert(email)) return refuse("link_invalid", {}, 410);
  audit(tx, call, {"email.confirm", "ok", email.account, email.id.str()});
  if (about.make_primary) return make_primary(tx, call, email);
  if (const auto primary = Emails(tx).primary_of(email.account))
    enqueue_address_notice(tx, call, "email_added", email.account, primary->address, email.address);
  return AddressChange{"address_confirmed", {}};
}

Result<AddressChange> make_primary(Transaction& tx, const Call& call, const Email& email) {
  Emails emails(tx);
  if (!email.verified_at) return refuse("not_found", {}, 404);
  const auto old = emails.primary_of(email.account);
  if (old && old->id == email.id) return AddressChange{"address_primary", {}};
  emails.make_primary(email);
  if (old) {
    Tokens(tx, call.services.keys).remove_for(TokenPurpose::recovery, old->key);
    tell_old_primary(tx, call, *old, email);
  }
  audit(tx, call, {"email.primary", "ok", email.account, email.id.str()});
  return AddressChange{"address_primary", end_other_sessions(tx, call)};
}

Result<AddressChange> remove_address(Transaction& tx, const Call& call, const Email& email) {
  const auto own = Emails(tx).of_account(email.account);
  const bool another = std::any_of(
      own.begin(), own.end(), [&](const Email& other) { return other.id != email.id && other.verified_at; });
  if (!another) return refuse("email_last");
  if (email.primary) return refuse("email_primary");
  forget_address(tx, call.services, email);
  audit(tx, call, {"email.remove", "ok", email.account, email.id.str()});
  enqueue_address_notice(tx, call, "email_removed", email.account, email.address, email.address);
  if (const auto primary = Emails(tx).primary_of(email.account))
    enqueue_address_notice(tx, call, "email_removed", email.account, primary->address, email.address);
  return AddressChange{"address_removed", end_other_sessions(tx, call)};
}

void forget_address(Transaction& tx, const Services& services, const Email& email) {
  Emails(tx).remove(email);
  Tokens tokens(tx, services.keys);
  for (const Token& token : tokens.of_account(email.account)) {
    const bool sent_there = token.recipient == email.key || token.recipient == email.address;
    if (sent_there && token.purpose != TokenPurpose::email_undo) tokens.remove(token);
  }
  tokens.remove_for(TokenPurpose::recovery, email.key);
}

void enqueue_address_notice(Transaction& tx, const Call& call, const std::string& kind,
                            const AccountId& account, const std::string& recipient,
                            const std::string& about) {
  nlohmann::json payload = happened(call);
  payload["email"] = about;
  enqueue(tx, call, {kind, account.str(), recipient, payload.dump(), {}, call.now + notice_lifetime});
}

}  // namespace doorward::flows
