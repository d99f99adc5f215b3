// What a person types to say who they are: any verified address, or a login name.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "records/account.hpp"

namespace doorward::flows {

// The one spelling of it under which tries and letters are counted; empty: neither an address nor a login name.
std::string identifier_key(std::string_view typed);
std::optional<records::Account> account_by_identifier(records::Transaction& tx, std::string_view typed);

}  // namespace doorward::flows
