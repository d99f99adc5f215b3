#include "flows/given_factor.hpp"

#include "flows/letters.hpp"
#include "records/recovery_code.hpp"
#include "signin/second_factors.hpp"

namespace doorward::flows {
namespace {

bool is_recovery_code(const Call& call) { return !call.fields["recovery_code"].empty(); }

void tell_of_recovery_code(records::Transaction& tx, const Call& call, const AccountId& account) {
  nlohmann::json payload = happened(call);
  payload["left"] = records::RecoveryCodes(tx).left(account);
  enqueue(tx, call,
          {"recovery_code_used", account.str(), {}, payload.dump(), {}, call.now + std::chrono::hours(24)});
}

}  // namespace

Result<signin::Try> attempt_factor(Call& call, const AccountId& account) {
  const Services& services = call.services;
  if (call.fields["code"].empty() && !is_recovery_code(call)) {
    call.refused = {"second_factor", {}, account, {}};
    return refuse("required", call.fields.has("recovery_code") ? "recovery_code" : "code");
  }
  signin::Try tried{account.str(), std::string(call.request.client_address), {}};
  const auto known =
      services.database.read([&](records::Transaction& tx) { return records::Accounts(tx).by_id(account); });
  if (known) tried.device = services.browsers.device_of(call.visitor.device, *known, call.now);
  if (const auto allowed = services.throttle.attempt_factor(tried, call.now); !allowed) {
    call.refused = {"second_factor", {}, account, {}};
    return refuse(allowed.error());
  }
  return tried;
}

void factor_was_right(const Call& call, const signin::Try& tried) {
  call.services.throttle.factor_was_right(tried);
}

Result<signin::FactorProof> check_given_factor(records::Transaction& tx, const Call& call,
                                               const AccountId& account) {
  signin::SecondFactors factors(tx, call.services.keys, call.services.settings.two_factor);
  auto proof = is_recovery_code(call) ? factors.use_recovery_code(account, call.fields["recovery_code"])
                                      : factors.check_code(account, call.fields["code"], call.now);
  audit(tx, call,
        {"second_factor", proof ? "ok" : proof.error().code, account, proof ? proof->what() : std::string()});
  if (proof && proof->is_recovery_code()) tell_of_recovery_code(tx, call, account);
  return proof;
}

Result<signin::Evidence> with_second_factor(Call& call, const signin::Evidence& evidence) {
  if (!call.person().has_second_factor) return evidence;
  const auto tried = attempt_factor(call, evidence.account());
  if (!tried) return refuse(tried.error());
  const auto proof = call.services.database.write(
      [&](records::Transaction& tx) { return check_given_factor(tx, call, evidence.account()); });
  if (!proof) return refuse(proof.error());
  factor_was_right(call, *tried);
  return evidence.with(*proof);
}

}  // namespace doorward::flows
