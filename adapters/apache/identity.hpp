#pragma once
#include "apache/visitor.hpp"

namespace doorward::apache {

// Tells what stands behind this place who is asking: DOORWARD_USER, _EMAIL, ... in the environment, and with DoorwardHeaders
// On as request headers; DoorwardAssertion On adds one that is signed. What an earlier place was told, from which this request
// was redirected, is taken back first; take_back() alone is for places where nobody is known.
void tell(request_rec* r, const Visitor& visitor);
void take_back(request_rec* r);

// REMOTE_USER and AUTH_TYPE.
void set_user(request_rec* r, const Visitor& visitor);

}  // namespace doorward::apache
