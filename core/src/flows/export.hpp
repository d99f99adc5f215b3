// Everything that is held about an account, for its owner to take along: one JSON document.
#pragma once
#include "flows/flow.hpp"

namespace doorward::flows {

inline constexpr std::uint32_t most_exported_records = 10'000;  // of the audit: some megabytes

// As docs/flows/export.md has it. Never a secret, nothing that one could be found from, and nobody else's data. To be called
// in the transaction whose view it is to be of.
nlohmann::json exported(records::Transaction& tx, const Call& call, const records::Account& account);
std::string export_text(const nlohmann::json& document);  // as it is saved and printed: indented

std::vector<Route> export_routes();

}  // namespace doorward::flows
