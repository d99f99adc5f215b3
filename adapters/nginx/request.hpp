// A request of nginx as the engine is shown it.
#pragma once
#include "nginx/visitor.hpp"

namespace doorward::nginx {

// Fills in everything but the body; what it points to lives in the request. False: no memory.
bool describe(ngx_http_request_t* r, const Visitor& visitor, doorward_request& request) noexcept;

}  // namespace doorward::nginx
