#include "flows/token_address.hpp"

namespace doorward::flows {
namespace {
std::string context(std::string_view token_id) { return "token|" + std::string(token_id) + "|address"; }
}  // namespace

std::string seal(const Services& services, std::string_view token_id, const TokenAddress& about) {
  nlohmann::json json = {{"address", about.address}, {"primary", about.make_primary}};
  if (about.verified_at) json["verified_at"] = to_microseconds(*about.verified_at);
  return services.keys.seal(json.dump(), context(token_id), services.random);
}

TokenAddress open_address(const crypto::KeyRing& keys, const records::Token& token) {
  const auto json = nlohmann::json::parse(keys.open_sealed(token.payload, context(token.id)));
  TokenAddress about{json.at("address"), json.at("primary")};
  if (json.contains("verified_at")) about.verified_at = from_microseconds(json["verified_at"]);
  return about;
}

}  // namespace doorward::flows
