// An account that has a row in every table of accounts, asked of the schema: so that a table that is added is among them.
#pragma once
#include <string>
#include <string_view>

#include "records/schema.hpp"
#include "site.hpp"

namespace doorward::test {

bool has_field(const records::Table& table, std::string_view name);

// "Zebedee Quillfeather", an administrator with the address Zebedee@example.org, the login name "quillfeather" and the phone
// number +4930901820. Each text of its planted rows tells that name, and each value of bytes, being a digest or a sealed secret,
// `planted_secret` besides.
inline constexpr const char* planted_secret = "quillfeather-secret";
AccountId plant_account(Site& site);
// Its second factor, which nobody could give: after it the account can't sign in any more.
void plant_factor(Site& site, const AccountId& account);
// One that waits, about the account.
void owe_letter(Site& site, const AccountId& account);
// Does a text tell of that account: by its names, or by its id?
bool tells_names(std::string_view text);
bool tells_id(std::string_view text, const AccountId& account);

}  // namespace doorward::test
