// The one place that knows the order: who has proved who they are is asked of the gate, then goes to what is still to be
// done, then to where they wanted to go. Flows never route to one another.
#pragma once
#include "flows/flow.hpp"

namespace doorward::engine {

// `outcome.proved` is set. Gives back a redirect with the new session's cookies, or the outcome's page with a refusal.
flows::Outcome next_step(flows::Call& call, flows::Outcome outcome);

}  // namespace doorward::engine
