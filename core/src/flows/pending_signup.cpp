#include "flows/pending_signup.hpp"

#include "crypto/encoding.hpp"

namespace doorward::flows {
namespace {
std::string context(std::string_view token_id) { return "token|" + std::string(token_id) + "|signup"; }
}  // namespace

std::string seal(const Services& services, std::string_view token_id, const PendingSignup& pending) {
  const nlohmann::json json = {
      {"account", pending.account.str()}, {"name", pending.name},
      {"email", pending.email},           {"password", crypto::base64url(pending.password)},
      {"locale", pending.locale},         {"return_to", pending.return_to}};
  return services.keys.seal(json.dump(), context(token_id), services.random);
}

PendingSignup open_pending(const crypto::KeyRing& keys, const records::Token& token) {
  const auto json = nlohmann::json::parse(keys.open_sealed(token.payload, context(token.id)));
  PendingSignup pending;
  pending.account = AccountId(json.at("account").get<std::string>());
  pending.name = json.at("name");
  pending.email = json.at("email");
  pending.password = crypto::from_base64url(json.at("password").get<std::string>()).value();
  pending.locale = json.at("locale");
  pending.return_to = json.at("return_to");
  return pending;
}

}  // namespace doorward::flows
