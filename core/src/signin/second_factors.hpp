// The second factor of an account: turned on by a code that shows that it works, asked for at every sign-in, and used up as
// it is looked at: in the transaction of what it opens, so that of many who bring the same code one gets in.
#pragma once
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "base/result.hpp"
#include "crypto/key_ring.hpp"
#include "records/account.hpp"
#include "records/database.hpp"
#include "settings/settings.hpp"
#include "signin/factor_proof.hpp"

namespace doorward::signin {

class SecondFactors {
 public:
  SecondFactors(records::Transaction& tx, const crypto::KeyRing& keys,
                const settings::Settings::TwoFactor& policy)
      : tx_(tx), keys_(keys), policy_(policy) {}

  // The account gets this secret as its factor. Refused at "code" with "factor_code_wrong", or with "factor_exists".
  Result<FactorProof> enrol(const AccountId& account, std::string_view secret, std::string_view code,
                            Time now, Random& random);
  // Refused at "code" with "factor_code_wrong", which is counted, or with "factor_blocked" after a hundred of those. The
  // transaction must be committed whatever comes out.
  Result<FactorProof> check_code(const AccountId& account, std::string_view code, Time now);
  // Refused at "recovery_code" with "recovery_code_wrong".
  Result<FactorProof> use_recovery_code(const AccountId& account, std::string_view typed);

 private:
  records::Transaction& tx_;
  const crypto::KeyRing& keys_;
  const settings::Settings::TwoFactor& policy_;
};

}  // namespace doorward::signin
