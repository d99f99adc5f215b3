#include "signin/recognize.hpp"

#include "records/email.hpp"
#include "records/factor.hpp"
#include "records/membership.hpp"
#include "signin/level.hpp"

namespace doorward::signin {

bool Recognized::is_administrator() const {
  std::string_view rest = roles;
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    if (rest.substr(0, comma) == records::administrator_role) return true;
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  }
  return false;
}

bool Recognized::is_fresh(std::chrono::seconds fresh, Time now) const {
  if (session.authenticated_at + fresh <= now) return false;
  return !has_second_factor || level_of(session.methods) > 1;
}

std::optional<Recognized> recognize(records::Transaction& tx, std::string_view token, Time now) {
  const auto parsed = records::SessionToken::parse(token);
  if (!parsed) return std::nullopt;
  auto session = records::Sessions(tx).by_hash(parsed->hash());
  if (!session || session->ends_at() <= now) return std::nullopt;
  auto account = records::Accounts(tx).by_id(session->account);
  if (!account || !account->active()) return std::nullopt;
  Recognized recognized;
  recognized.account = std::move(*account);
  recognized.session = std::move(*session);
  if (const auto email = records::Emails(tx).primary_of(recognized.account.id))
    recognized.email = email->address;
  recognized.has_second_factor = records::Factors(tx).has_any(recognized.account.id);
  recognized.roles = records::Memberships(tx).site_roles(recognized.account.id);
  return recognized;
}

}  // namespace doorward::signin
