// The page behind a link that lets its holder choose a password: the last step of recovery and of an invitation.
#pragma once
#include <functional>

#include "flows/flow.hpp"
#include "records/token.hpp"

namespace doorward::flows {

struct ChoosePassword {
  records::TokenPurpose purpose;
  const char* mode;    // "recovery", "invitation": which words the page has
  const char* path;    // of the page, below the mount
  const char* action;  // for the audit
  const char* notice;  // on the sign-in page afterwards
};

Outcome show_choose_password(Call& call, const ChoosePassword& kind);
// `accept` is asked in the transaction that uses the token up: does it still hold? It may write what else follows from it.
// Signs nobody in: leads to `sign_in`, a page.
Outcome choose_password(Call& call, const ChoosePassword& kind, const std::string& sign_in,
                        const std::function<bool(records::Transaction&, const records::Token&)>& accept);

}  // namespace doorward::flows
