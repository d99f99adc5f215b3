#include "flows/identifier.hpp"

#include "records/email.hpp"

namespace doorward::flows {

std::string identifier_key(std::string_view typed) {
  if (const auto email = records::CanonicalEmail::parse(typed)) return email->key();
  return records::login_key(typed);
}

std::optional<records::Account> account_by_identifier(records::Transaction& tx, std::string_view typed) {
  records::Accounts accounts(tx);
  if (const auto email = records::CanonicalEmail::parse(typed)) {
    const auto owned = records::Emails(tx).verified(*email);
    return owned ? accounts.by_id(owned->account) : std::nullopt;
  }
  return accounts.by_login_name(typed);
}

}  // namespace doorward::flows
