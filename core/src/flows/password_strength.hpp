// How good a password is, while it is typed: the same judgement that it will meet when it is sent. For the fields of every page
// where one is chosen. What was typed is neither kept nor logged.
#pragma once
#include "flows/flow.hpp"

namespace doorward::flows {

Outcome leave_strength(Call& call);
// POST, JSON only: `password`, and of somebody who signs up `name` and `email`. {"score": 0 to 4, "accepted": true}, and in
// `errors` what it would be refused for.
Outcome judge_strength(Call& call);

}  // namespace doorward::flows
