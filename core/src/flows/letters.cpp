#include "flows/letters.hpp"

#include "records/email.hpp"

namespace doorward::flows {
namespace {

constexpr std::chrono::hours notice_lifetime{24};

}  // namespace

nlohmann::json letter_model(const Services& services) {
  const auto& site = services.settings.site;
  return {{"site",
           {{"name", site.name},
            {"url", services.settings.public_url},
            {"support_email", site.support_email},
            {"support_url", site.support_url}}},
          {"links",
           {{"login", services.link("/login")},
            {"recovery", services.link("/recovery")},
            {"two_factor", services.link("/two-factor")},
            {"security", services.link("/security")}}}};
}

nlohmann::json happened(const Call& call) {
  return {{"at", to_microseconds(call.now)}, {"address", call.request.client_address}};
}

void enqueue(records::Transaction& tx, const Call& call, mail::Draft draft) {
  if (draft.locale.empty()) draft.locale = call.visitor.locale;
  mail::enqueue(tx, draft, call.now, call.services.random);
}

void enqueue_notice(records::Transaction& tx, const Call& call, const std::string& kind,
                    const AccountId& account) {
  enqueue(tx, call, {kind, account.str(), {}, happened(call).dump(), {}, call.now + notice_lifetime});
}

pages::Reader reader_of(const records::Account& account, const std::string& otherwise) {
  return {account.locale.empty() ? otherwise : account.locale, account.time_zone, account.clock};
}

mail::Composer notice_composer(const Services& services, const std::string& letter) {
  return [&services, letter](records::Transaction& tx,
                             const records::OutboxMessage& message) -> std::optional<mail::Composed> {
    const AccountId id(message.subject);
    const auto account = records::Accounts(tx).by_id(id);
    const auto email = records::Emails(tx).primary_of(id);
    if (!account || !email || !email->verified_at) return std::nullopt;
    nlohmann::json model = letter_model(services);
    const auto payload = nlohmann::json::parse(message.payload);
    model["name"] = account->name;
    model["time"] = payload.at("at");
    model["address"] = payload.at("address");
    return mail::Composed{letter, account->name, email->address, reader_of(*account, message.locale),
                          std::move(model)};
  };
}

}  // namespace doorward::flows
