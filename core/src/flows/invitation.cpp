#include "flows/invitation.hpp"

#include "flows/backup_login.hpp"
#include "flows/choose_password.hpp"
#include "flows/login.hpp"
#include "flows/step_link.hpp"
#include "records/email.hpp"
#include "records/token.hpp"

namespace doorward::flows {
namespace {

using records::Token;
using records::TokenPurpose;
using records::Tokens;

constexpr ChoosePassword invited{TokenPurpose::invitation, "invitation", "/invitation", "invitation.accept",
                                 "password_set"};
// The way from a temporary password to one's own: no letter was sent, so it proves nothing of the mailbox.
constexpr ChoosePassword forced{TokenPurpose::forced_change, "recovery", "/invitation", "password.change",
                                "password_set"};

std::string context(std::string_view token_id) { return "token|" + std::string(token_id) + "|forced_change"; }

std::optional<Token> forced_step(Call& call) {
  return call.services.database.read(
      [&](records::Transaction& tx) { return step(tx, call, TokenPurpose::forced_change); });
}

Outcome get(Call& call) { return show_choose_password(call, forced_step(call) ? forced : invited); }

// The link came to this address: its owner has it. False where it belongs to another account by now.
bool verify_address(Call& call, records::Transaction& tx, const Token& token) {
  const auto email = records::CanonicalEmail::parse(token.recipient);
  return email && records::Emails(tx).verify(token.account, *email, call.now);
}

Outcome post(Call& call) {
  if (const auto token = forced_step(call)) {
    const std::string sign_in = call.services.keys.open_sealed(token->payload, context(token->id));
    return choose_password(call, forced, sign_in, [](records::Transaction&, const Token&) { return true; });
  }
  return choose_password(
      call, invited, login_path(call.services, call.return_to),
      [&](records::Transaction& tx, const Token& token) { return verify_address(call, tx, token); });
}

std::optional<mail::Composed> compose(const Services& services, records::Transaction& tx,
                                      const records::OutboxMessage& message) {
  Tokens tokens(tx, services.keys);
  const auto token = tokens.by_id(message.subject);
  if (!token) return std::nullopt;
  const auto account = records::Accounts(tx).by_id(token->account);
  if (!account || !account->active()) return std::nullopt;
  nlohmann::json model = letter_model(services);
  model["name"] = account->name;
  model["link"] = services.link("/invitation?token=") + tokens.secret(*token);
  model["days"] =
      std::chrono::duration_cast<std::chrono::hours>(services.settings.invitation.lifetime).count() / 24;
  return mail::Composed{"invitation", account->name, message.recipient, reader_of(*account, message.locale),
                        std::move(model)};
}

}  // namespace

std::string begin_forced_change(records::Transaction& tx, const Call& call, const Proved& proved) {
  const Services& services = call.services;
  const AccountId& account = proved.evidence.account();
  const auto email = records::Emails(tx).primary_of(account);
  if (!email) return {};
  const std::string sign_in = proved.way.backup ? backup_login_page : login_path(services, call.return_to);
  const std::string id = make_uuid(call.now, services.random);
  Tokens tokens(tx, services.keys);
  return tokens.secret(tokens.issue(
      {id, TokenPurpose::forced_change, account, email->address, call.visitor.binding,
       services.keys.seal(sign_in, context(id), services.random), call.now + forced_change_lifetime},
      call.now));
}

void invite(records::Transaction& tx, const Call& call, const AccountId& account,
            const std::string& address) {
  const Services& services = call.services;
  const Time expires = call.now + services.settings.invitation.lifetime;
  const std::string id = make_uuid(call.now, services.random);
  Tokens(tx, services.keys)
      .issue({id, TokenPurpose::invitation, account, address, {}, {}, expires}, call.now);
  enqueue(tx, call, {"invitation", id, address, {}, {}, expires});
  audit(tx, call, {"invitation.send", "ok", account, {}});
}

std::vector<Route> invitation_routes() { return {{"/invitation", Access::anyone, get, post}}; }

Letters invitation_letters(const Services& services) {
  return {{"invitation", [&services](records::Transaction& tx, const records::OutboxMessage& message) {
             return compose(services, tx, message);
           }}};
}

}  // namespace doorward::flows
