#include "flows/new_device.hpp"

#include <algorithm>

#include "flows/user_agent.hpp"
#include "records/outbox_message.hpp"

namespace doorward::flows {
namespace {

using records::OutboxMessage;
using records::OutboxMessages;

constexpr const char* letter = "new_sign_in";
constexpr std::chrono::hours worth_sending{24};
constexpr std::size_t most_told = 10;  // each by itself; of more, how many

nlohmann::json sign_in(const Call& call) {
  const UserAgent agent = describe_user_agent(call.visitor.user_agent);
  nlohmann::json told = happened(call);
  told["browser"] = agent.browser;
  told["system"] = agent.system;
  return told;
}

// True: a letter that waits tells of it.
bool is_told_by_waiting(records::Transaction& tx, const nlohmann::json& told, const AccountId& account,
                        Time now) {
  OutboxMessages outbox(tx);
  for (const OutboxMessage& message : outbox.waiting_about(account.str())) {
    if (message.kind != letter) continue;
    auto payload = nlohmann::json::parse(message.payload);
    if (payload["sign_ins"].size() < most_told) {
      payload["sign_ins"].push_back(told);
    } else {
      payload["more"] = payload.value("more", 0) + 1;
    }
    const Time expires = std::max(message.expires_at, now + worth_sending);
    if (outbox.replace_payload(message, payload.dump(), expires)) return true;
  }
  return false;
}

std::optional<mail::Composed> compose(const Services& services, records::Transaction& tx,
                                      const OutboxMessage& message) {
  auto composed = notice_composer(services, letter)(tx, message);
  if (!composed) return composed;
  const auto payload = nlohmann::json::parse(message.payload);
  nlohmann::json list = nlohmann::json::array();
  for (const auto& told : payload.at("sign_ins")) {
    list.push_back({{"time", told.at("at")},
                    {"address", told.at("address")},
                    {"browser", told.at("browser")},
                    {"system", told.at("system")}});
  }
  composed->model["several"] = list.size() > 1;
  if (payload.contains("more")) composed->model["more"] = payload["more"];
  composed->model["sign_ins"] = std::move(list);
  return composed;
}

}  // namespace

http::Cookie device_cookie(const Call& call, const records::Account& account) {
  const Services& services = call.services;
  return {services.cookies.device,
          services.browsers.device(call.visitor.device, account, call.now, services.random),
          signin::Browsers::device_lifetime};
}

void tell_if_new_device(records::Transaction& tx, const Call& call, const records::Account& account) {
  const Services& services = call.services;
  if (!services.browsers.device_of(call.visitor.device, account, call.now).empty()) return;
  const nlohmann::json told = sign_in(call);
  if (is_told_by_waiting(tx, told, account.id, call.now)) return;
  const auto hold_back = services.throttle.hold_back_news(account.id.str(), call.now);
  nlohmann::json payload = happened(call);
  payload["sign_ins"] = nlohmann::json::array({told});
  enqueue(
      tx, call,
      {letter, account.id.str(), {}, payload.dump(), {}, call.now + hold_back + worth_sending, hold_back});
}

Letters new_device_letters(const Services& services) {
  return {{letter, [&services](records::Transaction& tx, const OutboxMessage& message) {
             return compose(services, tx, message);
           }}};
}

}  // namespace doorward::flows
