// What the page knows where a person's profile is edited, for those flows that have forms on it.
#pragma once
#include "flows/flow.hpp"

namespace doorward::flows {

// A stored number as people read it, "+49 30 901820"; as it is stored where that can't be found out now.
std::string shown_phone(const Call& call, const std::string& e164);

// What is stored, and over it what was typed where it stands in the call's fields.
nlohmann::json profile_model(const Call& call);

}  // namespace doorward::flows
