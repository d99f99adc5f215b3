#include "flows/email_request.hpp"

#include <algorithm>

#include "flows/addresses.hpp"

namespace doorward::flows {
namespace {

using records::Emails;
using records::Transaction;

const std::string& support(const Services& services) { return services.settings.site.support_email; }

Outcome page(const Call& call) {
  return show("email_request",
              {{"form", {{"email", call.fields["email"]}}}, {"may_ask", !support(call.services).empty()}});
}

bool is_own(Transaction& tx, const Call& call, const records::CanonicalEmail& email) {
  const auto own = Emails(tx).of_account(call.person().account.id);
  return std::any_of(own.begin(), own.end(), [&](const auto& known) { return known.key == email.key(); });
}

Result<AddressChange> request(Transaction& tx, const Call& call, const records::CanonicalEmail& email) {
  const AccountId& account = call.person().account.id;
  if (is_own(tx, call, email)) return refuse("email_own", "email");
  nlohmann::json payload = happened(call);
  payload["wanted"] = email.address();
  enqueue(tx, call,
          {"email_request", account.str(), support(call.services), payload.dump(),
           call.services.settings.locales.front(), call.now + std::chrono::hours(72)});
  audit(tx, call, {"email.request", "ok", account, {}});
  return AddressChange{"address_requested", {}};
}

Outcome get(Call& call) { return may_change_addresses(call.services) ? fail("not_found", 404) : page(call); }

Outcome post(Call& call) {
  const Services& services = call.services;
  if (may_change_addresses(services) || support(services).empty()) return fail("not_found", 404);
  Outcome outcome = page(call);
  const std::string_view typed = call.fields["email"];
  const auto email = records::CanonicalEmail::parse(typed);
  if (!email)
    return outcome.with(Refusal{typed.empty() ? "required" : "email_invalid", "email", {}, 422, {}});
  // Counted by who asks: all of them write to one mailbox.
  const auto allowed = services.throttle.attempt_letter("email_request|" + call.person().account.id.str(),
                                                        call.request.client_address, call.now);
  if (!allowed) return outcome.with(allowed.error());
  const auto asked = change_addresses(call, [&](Transaction& tx) { return request(tx, call, *email); });
  return asked ? go_to(services.path("/emails"), asked->notice) : outcome.with(asked.error());
}

std::optional<mail::Composed> compose(const Services& services, Transaction& tx,
                                      const records::OutboxMessage& message) {
  const AccountId id(message.subject);
  const auto account = records::Accounts(tx).by_id(id);
  const auto email = Emails(tx).primary_of(id);
  if (!account || !email) return std::nullopt;
  nlohmann::json model = letter_model(services);
  const auto payload = nlohmann::json::parse(message.payload);
  model["time"] = payload.at("at");
  model["address"] = payload.at("address");
  model["wanted"] = payload.at("wanted");
  model["name"] = account->name;
  model["email"] = email->address;
  model["id"] = id.str();
  return mail::Composed{"email_request", {}, message.recipient, message.locale, std::move(model)};
}

}  // namespace

std::vector<Route> email_request_routes() {
  Route request{"/emails/request", Access::fresh, get, post};
  request.carried = {"email"};
  return {request};
}

Letters email_request_letters(const Services& services) {
  return {{"email_request", [&services](Transaction& tx, const records::OutboxMessage& message) {
             return compose(services, tx, message);
           }}};
}

}  // namespace doorward::flows
