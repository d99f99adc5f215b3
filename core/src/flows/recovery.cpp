#include "flows/recovery.hpp"

#include "flows/choose_password.hpp"
#include "flows/identifier.hpp"
#include "flows/login.hpp"
#include "flows/step_link.hpp"
#include "records/audit_chain.hpp"
#include "records/email.hpp"
#include "records/token.hpp"

namespace doorward::flows {
namespace {

using records::Token;
using records::TokenPurpose;
using records::Tokens;

constexpr ChoosePassword kind{TokenPurpose::recovery, "recovery", "/recovery/reset", "password.reset",
                              "password_reset"};

nlohmann::json typed(const Call& call) { return {{"form", {{"identifier", call.fields["identifier"]}}}}; }

// Whether the browser is one of the owner's is asked when the letter is written, too.
std::string device_context(std::string_view token_id) { return "token|" + std::string(token_id) + "|device"; }

std::string seal_device(const Call& call, std::string_view token_id) {
  if (!signin::Browsers::is_device(call.visitor.device)) return {};
  return call.services.keys.seal(call.visitor.device, device_context(token_id), call.services.random);
}

// A stranger may ask as often as they like: the mailbox isn't flooded, and a browser in which the owner has signed in has
// letters of its own. Counted once for each letter, not for each try of sending it.
bool may_be_sent(const Services& services, const Token& token, const records::Account& account,
                 const records::OutboxMessage& message) {
  if (token.binding.empty() || message.attempts > 1) return true;  // an administrator's; counted before
  const Time now = services.clock.now();
  const std::string device = services.browsers.device_of(asking_device(services.keys, token), account, now);
  return services.throttle.may_send_recovery({account.id.str(), {}, device},
                                             services.settings.recovery.lifetime, now);
}

Outcome get(Call& call) { return show("recovery", typed(call)); }

Outcome post(Call& call) {
  const Services& services = call.services;
  Outcome outcome = show("recovery", typed(call));
  const std::string key = identifier_key(call.fields["identifier"]);
  if (key.empty()) {
    return outcome.with(
        Refusal{call.fields["identifier"].empty() ? "required" : "field_invalid", "identifier", {}, 422, {}});
  }
  if (const auto allowed = services.throttle.attempt_asking(call.request.client_address, call.now); !allowed)
    return outcome.with(allowed.error());
  // The same whether there is such an account or not, and whether it may have another letter or not: who it is for turns
  // out when that is written.
  const Time expires = call.now + services.settings.recovery.lifetime;
  services.database.write([&](records::Transaction& tx) {
    const std::string id = make_uuid(call.now, services.random);
    Tokens(tx, services.keys)
        .issue({id, TokenPurpose::recovery, {}, key, call.visitor.binding, seal_device(call, id), expires},
               call.now);
    nlohmann::json asked = happened(call);
    asked["request"] = call.id;
    enqueue(tx, call, {"recovery", id, key, asked.dump(), {}, expires});
    audit(tx, call, {"password.forgotten", "ok", {}, {}});
  });
  return go_to(services.path("/recovery/check"));
}

Outcome get_check(Call&) { return show("recovery_check"); }

Outcome post_check(Call& call) {
  const Services& services = call.services;
  const auto secret = services.database.write([&](records::Transaction& tx) -> Result<std::string> {
    Tokens tokens(tx, services.keys);
    const auto token =
        tokens.check_code(TokenPurpose::recovery, call.visitor.binding, call.fields["code"], call.now);
    if (!token) return refuse(token.error());
    if (token->account.empty())
      return refuse("code_wrong", "code");  // nobody's: no letter has told this code
    return tokens.secret(*token);
  });
  if (!secret)
    return show("recovery_check", {{"form", {{"code", call.fields["code"]}}}}).with(secret.error());
  return go_to(services.path("/recovery/reset")).with(step_cookie(call, *secret));
}

Outcome get_reset(Call& call) { return show_choose_password(call, kind); }

// The address that the letter went to must still be the account's, whatever was asked by.
bool still_theirs(records::Transaction& tx, const Token& token) {
  const auto account = account_by_identifier(tx, token.recipient);
  return account && account->id == token.account;
}

Outcome post_reset(Call& call) {
  return choose_password(
      call, kind, login_path(call.services, call.return_to),
      [](records::Transaction& tx, const Token& token) { return still_theirs(tx, token); });
}

// Of whom nobody could know when it was asked for.
void record(const Services& services, records::Transaction& tx, const records::OutboxMessage& message,
            const AccountId& account) {
  if (message.payload.empty()) return;  // written by a version that kept nothing
  const auto asked = nlohmann::json::parse(message.payload);
  records::AuditEntry entry;
  entry.at = services.clock.now();
  entry.id = make_uuid(entry.at, services.random);
  entry.subject = account;
  entry.action = "password.send_reset";
  entry.outcome = "ok";
  entry.address = asked.at("address");
  entry.request = asked.at("request");
  records::AuditChains(tx, services.keys).add(std::move(entry));
}

std::optional<mail::Composed> compose(const Services& services, records::Transaction& tx,
                                      const records::OutboxMessage& message) {
  Tokens tokens(tx, services.keys);
  const auto token = tokens.by_id(message.subject);
  const auto account = account_by_identifier(tx, message.recipient);
  if (!token || !account || !account->active()) return std::nullopt;
  if (!token->account.empty() && token->account != account->id)
    return std::nullopt;  // the address is another's by now
  // To the stored spelling of the address, never to the one that was typed.
  records::Emails emails(tx);
  const auto typed = records::CanonicalEmail::parse(message.recipient);
  const auto email = typed ? emails.verified(*typed) : emails.primary_of(account->id);
  if (!email || !email->verified_at) return std::nullopt;
  if (!may_be_sent(services, *token, *account, message)) return std::nullopt;
  if (token->account.empty()) {
    tokens.assign(*token, account->id, email->key);
    record(services, tx, message, account->id);
  }
  nlohmann::json model = letter_model(services);
  model["name"] = account->name;
  model["link"] = services.link("/recovery/reset?token=") + tokens.secret(*token);
  model["code"] = tokens.code(*token);
  model["minutes"] =
      std::chrono::duration_cast<std::chrono::minutes>(services.settings.recovery.lifetime).count();
  return mail::Composed{"recovery", account->name, email->address, reader_of(*account, message.locale),
                        std::move(model)};
}

}  // namespace

std::string asking_device(const crypto::KeyRing& keys, const Token& token) {
  return token.payload.empty() ? std::string() : keys.open_sealed(token.payload, device_context(token.id));
}

std::vector<Route> recovery_routes() {
  return {{"/recovery", Access::anyone, get, post},
          {"/recovery/check", Access::anyone, get_check, post_check},
          {"/recovery/reset", Access::anyone, get_reset, post_reset}};
}

Letters recovery_letters(const Services& services) {
  return {{"recovery",
           [&services](records::Transaction& tx, const records::OutboxMessage& message) {
             return compose(services, tx, message);
           }},
          {"password_changed", notice_composer(services, "password_changed")}};
}

}  // namespace doorward::flows
