// Who may pass, and where Doorward's own pages begin.
#pragma once
#include "nginx/nginx.hpp"

namespace doorward::nginx {

// [pre-access phase] Sub-requests, which skip the access phase, are checked here.
ngx_int_t check_subrequest(ngx_http_request_t* r) noexcept;

// [access phase] The request itself, after nginx's own access modules.
ngx_int_t check_request(ngx_http_request_t* r) noexcept;

// [pre-content phase] Whatever location matched: a path of Doorward's is answered by Doorward.
ngx_int_t take_over_own_paths(ngx_http_request_t* r) noexcept;

}  // namespace doorward::nginx
