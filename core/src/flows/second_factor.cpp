#include "flows/second_factor.hpp"

#include "flows/given_factor.hpp"
#include "flows/step_link.hpp"
#include "records/email.hpp"
#include "records/factor.hpp"

namespace doorward::flows {
namespace {

using records::Token;
using records::TokenPurpose;

std::string context(std::string_view token_id) { return "token|" + std::string(token_id) + "|step"; }

// Where it was turned off since, no code is right any more. The step opens nothing without one: the person begins anew.
bool has_factor(records::Transaction& tx, const Token& token) {
  return records::Factors(tx).has_any(token.account);
}

std::optional<Token> pending(Call& call) {
  return call.services.database.read([&](records::Transaction& tx) -> std::optional<Token> {
    auto token = step(tx, call, TokenPurpose::second_factor);
    return token && is_form_of(call, *token) && has_factor(tx, *token) ? token : std::nullopt;
  });
}

// A backup session is short, and nobody is to be trusted by it for longer.
Outcome page(const Token& token, const nlohmann::json& kept) {
  return show("second_factor", {{"email", token.recipient},
                                {"token", form_token(token)},
                                {"may_trust", !kept.at("backup").get<bool>()}});
}

Outcome get(Call& call) {
  const auto token = pending(call);
  if (!token) return go_to(call.services.path(call.visitor.person ? "/" : "/login"));
  return page(*token, kept_for_second_factor(call.services.keys, *token));
}

// Nothing waits for this second factor here any more. The cookie stays: it may be another step's by now.
Outcome expired() {
  Outcome outcome = show("signin_expired");
  outcome.status = 410;
  return outcome;
}

std::optional<Proved> proved(const Call& call, const Token& token, const nlohmann::json& kept,
                             const signin::FactorProof& proof) {
  const auto evidence =
      signin::Evidence::of_step(token, call.visitor.binding, kept.at("evidence").get<std::string>());
  if (!evidence) return std::nullopt;
  signin::Way way;
  way.remember = kept.at("remember").get<bool>();
  way.backup = kept.at("backup").get<bool>();
  const std::string begun_as = kept.at("action"), onward = kept.at("onward");
  Proved proved{evidence->with(proof), way, {}, begun_as, {}, onward};
  proved.trust = !way.backup && call.fields.flag("trust");
  return proved;
}

// Looked at and used up in one transaction, together with the step; a wrong one leaves the step as it was.
std::optional<Result<signin::FactorProof>> take_with_factor(Call& call) {
  return call.services.database.write(
      [&](records::Transaction& tx) -> std::optional<Result<signin::FactorProof>> {
        const auto token = step(tx, call, TokenPurpose::second_factor);
        if (!token || !has_factor(tx, *token)) return std::nullopt;
        auto proof = check_given_factor(tx, call, token->account);
        if (proof && !take_step(tx, call, TokenPurpose::second_factor)) {
          tx.abandon();
          return std::nullopt;
        }
        return proof;
      });
}

Outcome post(Call& call) {
  const auto token = pending(call);
  if (!token) return expired();
  const nlohmann::json kept = kept_for_second_factor(call.services.keys, *token);
  Outcome outcome = page(*token, kept);
  const auto tried = attempt_factor(call, token->account);
  if (!tried) return outcome.with(tried.error());
  const auto proof = take_with_factor(call);
  if (!proof) return expired();
  if (!*proof) return outcome.with(proof->error());
  factor_was_right(call, *tried);
  outcome = expired();  // what is left where the gate refuses
  outcome.proved = proved(call, *token, kept, **proof);
  call.return_to = http::ReturnTo::parse(kept.at("return_to").get<std::string>());
  return outcome;
}

std::optional<mail::Composed> compose_used(const Services& services, records::Transaction& tx,
                                           const records::OutboxMessage& message) {
  auto composed = notice_composer(services, "recovery_code_used")(tx, message);
  if (composed) composed->model["left"] = nlohmann::json::parse(message.payload).at("left");
  return composed;
}

}  // namespace

std::string begin_second_factor(records::Transaction& tx, const Call& call, const Proved& proved) {
  const Services& services = call.services;
  const AccountId& account = proved.evidence.account();
  const auto email = records::Emails(tx).primary_of(account);
  const std::string id = make_uuid(call.now, services.random);
  const nlohmann::json kept = {{"evidence", proved.evidence.kept()},
                               {"remember", proved.way.remember},
                               {"backup", proved.way.backup},
                               {"action", proved.action},
                               {"onward", proved.onward},
                               {"return_to", call.return_to ? call.return_to->str() : std::string()}};
  records::Tokens tokens(tx, services.keys);
  const Token token = tokens.issue(
      {id, TokenPurpose::second_factor, account, email ? email->address : account.str(), call.visitor.binding,
       services.keys.seal(kept.dump(), context(id), services.random), call.now + second_factor_lifetime},
      call.now);
  return tokens.secret(token);
}

nlohmann::json kept_for_second_factor(const crypto::KeyRing& keys, const Token& token) {
  return nlohmann::json::parse(keys.open_sealed(token.payload, context(token.id)));
}

std::vector<Route> second_factor_routes() { return {{"/second-factor", Access::anyone, get, post}}; }

Letters second_factor_letters(const Services& services) {
  return {
      {"recovery_code_used", [&services](records::Transaction& tx, const records::OutboxMessage& message) {
         return compose_used(services, tx, message);
       }}};
}

}  // namespace doorward::flows
