#include "signin/second_factors.hpp"

#include "crypto/totp.hpp"
#include "records/factor.hpp"
#include "records/recovery_code.hpp"

namespace doorward::signin {
namespace {

crypto::TotpWindow window(const settings::Settings::TwoFactor& policy) {
  if (policy.window == "strict") return {0, 0};
  if (policy.window == "wide") return {1, 1};
  return {1, 0};
}

}  // namespace

Result<FactorProof> SecondFactors::enrol(const AccountId& account, std::string_view secret,
                                         std::string_view code, Time now, Random& random) {
  const auto step = crypto::match_totp(secret, code, now, window(policy_));
  if (!step) return refuse("factor_code_wrong", "code");
  records::Factor factor;
  factor.id = make_uuid(now, random);
  factor.account = account;
  factor.secret = keys_.seal(secret, records::Factor::context(factor.id), random);
  factor.last_step = *step;
  factor.created_at = now;
  if (!records::Factors(tx_).insert(factor)) return refuse("factor_exists", {}, 409);
  return FactorProof(account, "otp", "totp");
}

Result<FactorProof> SecondFactors::check_code(const AccountId& account, std::string_view code, Time now) {
  records::Factors factors(tx_);
  const auto factor = factors.totp_of(account);
  if (!factor) return refuse("factor_code_wrong", "code");
  if (!factor->is_usable()) return refuse("factor_blocked", "code");
  const std::string secret = keys_.open_sealed(factor->secret, records::Factor::context(factor->id));
  const auto step = crypto::match_totp(secret, code, now, window(policy_));
  if (!step || !factors.accept_step(*factor, *step)) {
    factors.count_failure(*factor);
    return refuse("factor_code_wrong", "code");
  }
  return FactorProof(account, "otp", "totp");
}

Result<FactorProof> SecondFactors::use_recovery_code(const AccountId& account, std::string_view typed) {
  const auto number = records::RecoveryCodes(tx_).take(account, typed);
  if (!number) return refuse("recovery_code_wrong", "recovery_code");
  records::Factors(tx_).forget_failures(account);
  return FactorProof(account, "mfa", "recovery code " + std::to_string(*number));
}

}  // namespace doorward::signin
