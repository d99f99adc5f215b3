// The second factor as it was typed, looked at in one way wherever it is asked for: field "code", of an authenticator, or field
// "recovery_code". Tries are counted before anything is compared; a recovery code that was used is told to its owner.
#pragma once
#include "flows/flow.hpp"
#include "signin/factor_proof.hpp"

namespace doorward::flows {

// To be asked first, outside of any transaction. Refused with "required" or "too_many_attempts".
Result<signin::Try> attempt_factor(Call& call, const AccountId& account);
void factor_was_right(const Call& call, const signin::Try& tried);

// Uses up what was given, and records it either way; the transaction must be committed whatever comes out. Refused with
// "factor_code_wrong", "factor_blocked" or "recovery_code_wrong".
Result<signin::FactorProof> check_given_factor(records::Transaction& tx, const Call& call,
                                               const AccountId& account);

// Everything that the account asks for, given again by who is signed in, whatever this browser is trusted with: the evidence of
// the password with that of the second factor, where there is one. Refused as the two above.
Result<signin::Evidence> with_second_factor(Call& call, const signin::Evidence& evidence);

}  // namespace doorward::flows
