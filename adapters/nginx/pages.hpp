// Doorward's own pages: read the body, let a thread answer, send it.
#pragma once
#include "nginx/settings.hpp"

namespace doorward::nginx {

// Makes this request one for serve_page(), with limits of its own for the body: never more than the engine
// takes, and in memory, so that no password is ever written to a temporary file; but for files that people send,
// which nginx keeps as it keeps any long body. False: no memory.
bool take_over(ngx_http_request_t* r, const Site& site) noexcept;

}  // namespace doorward::nginx
