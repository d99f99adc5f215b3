#include "flows/profile_page.hpp"

#include "base/errors.hpp"
#include "http/multipart.hpp"

namespace doorward::flows {

std::string shown_phone(const Call& call, const std::string& e164) {
  if (e164.empty()) return {};
  try {
    const auto number = call.services.parts.phone_number(e164, {});
    return number ? number->shown : e164;
  } catch (const Unavailable& error) {
    call.services.log.error("request " + call.id + ": " + error.what());
    return e164;
  }
}

nlohmann::json profile_model(const Call& call) {
  const records::Account& account = call.person().account;
  const auto typed = [&](std::string_view field, std::string stored) {
    return !call.request.is_safe() && call.fields.has(field) ? std::string(call.fields[field])
                                                             : std::move(stored);
  };
  return {{"form",
           {{"name", typed("name", account.name)},
            {"phone", typed("phone", shown_phone(call, account.phone))},
            {"time_zone", typed("time_zone", account.time_zone)}}},
          {"email", call.person().email},
          {"megabytes", http::max_file_megabytes}};
}

}  // namespace doorward::flows
