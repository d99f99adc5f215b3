// The one address that a token of email_confirm or email_undo is about, and that its letter goes to: kept sealed in the token,
// as it was typed.
#pragma once
#include <optional>
#include <string>

#include "flows/flow.hpp"
#include "records/token.hpp"

namespace doorward::flows {

struct TokenAddress {
  std::string address;                   // with an A-label domain
  bool make_primary = false;             // as soon as it is confirmed
  std::optional<Time> verified_at = {};  // of email_undo: since when it was the account's
};

std::string seal(const Services& services, std::string_view token_id, const TokenAddress& about);
TokenAddress open_address(const crypto::KeyRing& keys,
                          const records::Token& token);  // throws where it was altered

}  // namespace doorward::flows
