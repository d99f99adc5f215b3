// What the page knows where a person's profile is edited, for those flows that have forms on it.
#pragma once
#include "flows/flow.hpp"

namespace doorward::flows {

// What is stored, and over it what was typed where it stands in the call's fields.
nlohmann::json profile_model(const Call& call);

}  // namespace doorward::flows
