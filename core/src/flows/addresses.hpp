// The addresses of who is signed in, and every way they change: asked for, confirmed, made primary, removed. An address that waits
// to be confirmed is a token and nothing else: no way in, no way to reset, nothing that letters go to, and in nobody's way. Each
// change is made in one transaction, in which the session still stands.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "flows/flow.hpp"
#include "flows/letters.hpp"
#include "records/email.hpp"
#include "records/token.hpp"

namespace doorward::flows {

inline constexpr std::size_t max_addresses = 10;  // of one account, those that wait with them
inline constexpr std::size_t max_waiting_addresses = 5;
inline constexpr std::chrono::hours undo_lifetime{72};

bool may_change_addresses(const Services& services);  // else whoever runs the site does (M9)

struct AddressChange {
  std::string notice;                  // on the page afterwards
  std::optional<http::Cookie> cookie;  // where all other sessions have ended
};
using AddressWork = std::function<Result<AddressChange>(records::Transaction&)>;
// Nothing of it is written where it is refused. Refused with "unauthenticated" where the session has ended meanwhile.
Result<AddressChange> change_addresses(const Call& call, const AddressWork& work);

std::vector<records::Token> waiting_addresses(records::Transaction& tx, const Call& call);

// A letter is owed to the address. The answer is the same whoever has it: its owner is told, and nothing comes of it. Refused with
// "email_own", "too_many_emails", "too_many_waiting".
Result<AddressChange> ask_for_address(records::Transaction& tx, const Call& call,
                                      const records::CanonicalEmail& email, bool make_primary);
// By the token that the address was sent. Refused with "link_invalid": it is used up, another's, or the address is by now.
Result<AddressChange> confirm_address(records::Transaction& tx, const Call& call, std::string_view secret);
// Refused with "not_found" where it isn't verified.
Result<AddressChange> make_primary(records::Transaction& tx, const Call& call, const records::Email& email);
// Refused with "email_last", "email_primary".
Result<AddressChange> remove_address(records::Transaction& tx, const Call& call, const records::Email& email);

// Takes the row away, and what was asked for by it: nothing that was sent to it opens anything any more.
void forget_address(records::Transaction& tx, const Services& services, const records::Email& email);
// To `recipient`, an address that is or was the account's, about `about`.
void enqueue_address_notice(records::Transaction& tx, const Call& call, const std::string& kind,
                            const AccountId& account, const std::string& recipient, const std::string& about);

}  // namespace doorward::flows
