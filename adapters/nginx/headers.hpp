// Taking out of a request what only Doorward may say, before any other module reads it.
#pragma once
#include "nginx/nginx.hpp"

namespace doorward::nginx {

// [post-read phase] Every request of a server that has a doorward_config, public ones too: client's headers with
// the name of an identity header are dropped, Doorward's cookies are noted for the check and taken out.
ngx_int_t clean_headers(ngx_http_request_t* r) noexcept;

}  // namespace doorward::nginx
