#include "flows/token_address.hpp"

namespace doorward::flows {
namespace {
std::string context(std::string_view token_id) { return "token|" + std::string(token_id) + "|address"; }
}  // namespace

std::string seal(const Services& services, std::string_view token_id, const TokenAddress& about) {
  const nlohmann::json json = {{"address", about.address}, {"primary", about.make_primary}};
  return services.keys.seal(json.dump(), context(token_id), services.random);
}

TokenAddress open_address(const crypto::KeyRing& keys, const records::Token& token) {
  const auto json = nlohmann::json::parse(keys.open_sealed(token.payload, context(token.id)));
  return {json.at("address"), json.at("primary")};
}

}  // namespace doorward::flows
