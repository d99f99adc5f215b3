// $doorward_user, $doorward_email and so on.
#pragma once
#include "nginx/nginx.hpp"

namespace doorward::nginx {

// [configuration, before the http block is read]
ngx_int_t add_variables(ngx_conf_t* cf) noexcept;

}  // namespace doorward::nginx
