#include "flows/credentials.hpp"

#include "flows/identifier.hpp"

namespace doorward::flows {
namespace {

Checked refused(Checked checked, Refusal refusal) {
  checked.evidence.reset();
  checked.refusal = std::move(refusal);
  return checked;
}

Checked check(Call& call, const std::optional<records::Account>& account, std::string typed,
              std::string_view password, Refusal wrong) {
  Checked checked;
  checked.tried.address = call.request.client_address;
  checked.tried.typed = std::move(typed);
  if (account) {
    checked.account = account->id;
    checked.tried.who = account->id.str();
    checked.tried.device = call.services.browsers.device_of(call.visitor.device, *account, call.now);
  }
  const auto allowed = call.services.throttle.attempt_password(checked.tried, call.now);
  if (!allowed) return refused(std::move(checked), allowed.error());
  checked.silenced = *allowed == signin::Attempt::silenced;
  auto verified = call.services.passwords.verify(account, password, call.now);
  if (!verified) return refused(std::move(checked), verified.error());
  if (!verified->evidence || checked.silenced) return refused(std::move(checked), std::move(wrong));
  checked.evidence = std::move(verified->evidence);
  checked.rehashed = std::move(verified->rehashed);
  return checked;
}

}  // namespace

Checked check_credentials(Call& call) {
  const std::string_view typed = call.fields["identifier"];
  const std::string_view password = call.fields["password"];
  if (typed.empty()) return refused({}, Refusal{"required", "identifier", {}, 422, {}});
  if (password.empty()) return refused({}, Refusal{"required", "password", {}, 422, {}});
  const auto account =
      call.services.database.read([&](records::Transaction& tx) { return account_by_identifier(tx, typed); });
  // "?": what isn't an identifier at all is counted, too.
  return check(call, account, "?" + identifier_key(typed), password,
               Refusal{"invalid_credentials", {}, {}, 422, {}});
}

Checked check_own_password(Call& call, std::string_view field) {
  const std::string_view password = call.fields[field];
  if (password.empty()) return refused({}, Refusal{"required", std::string(field), {}, 422, {}});
  const records::Account& account = call.person().account;
  return check(call, account, {}, password, Refusal{"wrong_password", std::string(field), {}, 422, {}});
}

void audit_failure(Call& call, std::string_view action, const Checked& checked, const Refusal& refusal) {
  if (refusal.code == "required" || refusal.status == 429 || refusal.status == 503) {
    call.refused = {std::string(action), refusal.code, checked.account, {}};
    return;
  }
  call.services.database.write([&](records::Transaction& tx) {
    // Who asks isn't told, who reads the audit is.
    const std::string outcome = checked.silenced ? "too_many_attempts" : refusal.code;
    audit(tx, call, {std::string(action), outcome, checked.account, {}});
  });
}

}  // namespace doorward::flows
